"""A scrape of `/metrics`, read as Prometheus reads it."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families


class Scraped:
    """What a scrape said, as Prometheus' own parser reads it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        """0 where there is no such figure."""
        return self.values.get((name, frozenset(labels.items())), 0.0)

    def total(self, name: str, **labels: str) -> float:
        """Added up over all labels that are not given."""
        wanted = frozenset(labels.items())
        return sum(v for (n, of), v in self.values.items() if n == name and wanted <= of)

    def label_values(self) -> set[str]:
        return {value for _, labels in self.values for _, value in labels}


async def scrape(client: httpx.AsyncClient, **headers: str) -> Scraped:
    answered = await client.get("/metrics", headers=headers)
    assert answered.status_code == 200, answered.text
    assert answered.headers["content-type"].startswith("text/plain")
    return Scraped(answered.text)
