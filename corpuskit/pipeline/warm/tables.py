"""Look-up tables over code points; and Arrow without pandas."""

from corpuskit.pandas_import import keep_arrow_from_importing_pandas
from corpuskit.text.tables import class_table, script_table

keep_arrow_from_importing_pandas()
class_table()
script_table()
