-- one row per delivery_sequence: the file and the night it was meant for
select delivery_sequence, folder_date, file_name
from ops.load_report
