"""What a recipe says to the connector `web`."""

import pytest
from pydantic import ValidationError

from corpuskit.connectors.web.options import MAX_CRAWL_DELAY, MIN_DELAY, WebOptions

SEED = "https://www.example.org/km/"


def test_a_seed_is_enough_and_the_rest_is_polite() -> None:
    options = WebOptions(seeds=[SEED])
    assert options.delay == MIN_DELAY == 1.0
    assert options.max_crawl_delay == MAX_CRAWL_DELAY == 30.0
    assert options.recrawl == 0
    assert options.allow_private == []
    assert {"GPTBot", "CCBot", "Google-Extended"} <= set(options.ai_bots)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"seeds": []},
        {"seeds": ["www.example.org"]},
        {"seeds": ["file:///etc/passwd"]},
        {"seeds": ["ftp://example.org/"]},
        {"seeds": ["http://"]},
        {"seeds": [SEED], "max_pages": 0},
        {"seeds": [SEED], "delay": -1},
        {"seeds": [SEED], "delay": 4000},
        {"seeds": [SEED], "deadline": 0},
        {"seeds": [SEED], "threads": 0},
        {"seeds": [SEED], "recrawl": -1},
        {"seeds": [SEED], "max_crawl_delay": -1},
        {"seeds": [SEED], "max_page": 5},
        {"seeds": [SEED], "paths": ["km/"]},
        {"seeds": [SEED], "exclude": ["km/old"]},
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        WebOptions.model_validate(given)


def test_every_option_is_explained_and_survives_json() -> None:
    options = WebOptions(seeds=[SEED], domains=["gov.kh"], recrawl=2)
    assert WebOptions.model_validate_json(options.model_dump_json()) == options
    for name, field in WebOptions.model_fields.items():
        assert field.description and field.description.endswith((".", "…`")), name


@pytest.mark.parametrize("seed", ["http://[", "http://[::1", "http://two words/", "http://a:b/"])
def test_a_seed_that_is_not_a_url_is_refused(seed: str) -> None:
    with pytest.raises(ValidationError, match="http:// or https:// URLs"):
        WebOptions.model_validate({"seeds": [seed]})


@pytest.mark.parametrize("option", ["hosts", "domains", "tlds", "allow_private"])
@pytest.mark.parametrize(
    "name", ["https://gov.kh", "gov.kh/km", "gov.kh:8080", "gov.kh?x", "me@gov.kh", "a b.kh", ""]
)
def test_a_scope_that_could_match_nothing_is_refused(option: str, name: str) -> None:
    with pytest.raises(ValidationError, match="without scheme, port or path"):
        WebOptions.model_validate({"seeds": [SEED], option: [name]})


def test_hosts_of_ones_own_are_known_however_they_are_written() -> None:
    names = ["LocalHost", "::1", "[::1]", "10.0.0.7", "ខ្មែរ.internal"]
    options = WebOptions(seeds=[SEED], allow_private=names, domains=[".kh", "ខ្មែរ"], tlds=["kh"])
    assert options.allow_private[:4] == ["localhost", "::1", "::1", "10.0.0.7"]
    assert options.allow_private[4].startswith("xn--")
