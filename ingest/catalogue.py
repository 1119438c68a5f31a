"""Which vendors are known: mappings in `ingest/vendors/`, and the user's own in `<home>/sources/`, which win."""

from pathlib import Path

from guestbook.settings import Settings
from ingest.errors import MappingError
from ingest.mapping import Mapping, read_mapping

CANONICAL = "canonical"
SHIPPED_DIR = Path(__file__).parent / "vendors"


def mapping_files(settings: Settings) -> dict[str, Path]:
    """Vendor name -> mapping file."""
    found: dict[str, Path] = {}
    for folder in (SHIPPED_DIR, settings.sources_dir):
        found |= {path.parent.name: path for path in sorted(folder.glob("*/mapping.yml"))}
        found |= {path.stem: path for path in sorted(folder.glob("*.yml"))}
    return found


def vendor_mapping(settings: Settings, vendor: str) -> Mapping | None:
    """The vendor's mapping; None for `canonical`, which needs none. Raises MappingError."""
    if vendor == CANONICAL:
        return None
    files = mapping_files(settings)
    if vendor not in files:
        known = ", ".join([CANONICAL, *sorted(files)])
        raise MappingError(
            f"unknown vendor {vendor!r}; known: {known}. Add {settings.sources_dir / vendor / 'mapping.yml'}"
            f" or move the file"
        )
    mapping = read_mapping(files[vendor])
    if mapping.vendor != vendor:
        raise MappingError(
            f"mapping {files[vendor]} says vendor {mapping.vendor!r}; its folder says {vendor!r}: make them equal"
        )
    return mapping
