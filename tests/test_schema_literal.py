from cerberus.schema import DefinitionSchema

from kustz_tpl.schema import SCHEMA
from kustz_tpl.schema.validator import LanguageValidator


def test_cerberus_finds_nothing_wrong_with_the_schema() -> None:
    DefinitionSchema(LanguageValidator(), SCHEMA)
