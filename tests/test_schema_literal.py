from copy import deepcopy

from cerberus.schema import DefinitionSchema

from kustz_tpl.schema import SCHEMA
from kustz_tpl.schema.validator import LanguageValidator


def test_cerberus_finds_nothing_wrong_with_the_schema_and_nothing_to_expand() -> None:
    expanded = DefinitionSchema(LanguageValidator(), deepcopy(SCHEMA))
    assert expanded.schema == SCHEMA
