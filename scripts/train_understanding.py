"""Train the two small models of the local router from the public sets, and write their weights.

    PYTHONPATH=src uv run --with python-crfsuite --with scikit-learn python scripts/train_understanding.py [--check]

Reads `../shared/eval` beside the repository and `scripts/phrases.tsv` (our own phrases). Only sets whose
licences allow it are used (see NOTICE): RESTAURANTS-8K and NLU++ (CC BY 4.0), CLINC150 (CC BY 3.0),
Snips (CC0). `--check` estimates the intent model by five-fold cross-validation and writes nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pycrfsuite
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from domain.dialogue import DialogueState
from domain.understanding import Intent
from infrastructure.evaluation.venues import RESTAURANT
from infrastructure.local.router import LocalRouter
from infrastructure.local.understanding import classifier, tagger
from infrastructure.local.understanding.text import Said

ROOT = Path(__file__).resolve().parents[1]
SETS = ROOT.parent / "shared" / "eval"
WEIGHTS = ROOT / "src" / "infrastructure" / "local" / "understanding"

SMALLEST = {"spans": 0.02, "intents": 0.08}
"""Weights nearer to zero are dropped: they change no decision worth the bytes."""


def main() -> None:
    if "--check" in sys.argv:
        cross_validate()
        return
    write("spans", train_spans())
    write("intents", train_intents(*intent_examples()))


def items(name: str) -> Iterator[Mapping[str, Any]]:
    with (SETS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def write(name: str, model: dict[str, Any]) -> None:
    path = WEIGHTS / f"{name}.json"
    path.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KB")


# --- spans ---------------------------------------------------------------------------------------


def train_spans() -> dict[str, Any]:
    trainer = pycrfsuite.Trainer(verbose=False)
    for item in items("slots_study"):
        places = [match.span() for match in tagger.TOKEN.finditer(item["text"])]
        if places:
            rows = tagger.features(item["text"], places, item["requested"])
            trainer.append(rows, gold_labels(item["gold"], places))
    trainer.set_params(
        {"c1": 0.3, "c2": 0.05, "max_iterations": 150, "feature.possible_transitions": True}
    )
    file = str(ROOT / "spans.crfsuite")
    trainer.train(file)
    reader = pycrfsuite.Tagger()
    reader.open(file)
    info = reader.info()
    Path(file).unlink()
    return exported(info)


def gold_labels(gold: Mapping[str, Any], places: list[tuple[int, int]]) -> list[str]:
    labels = ["O"] * len(places)
    for slot in tagger.SLOTS:
        if slot not in gold:
            continue
        inside = [
            i
            for i, (start, end) in enumerate(places)
            if start >= gold[slot]["start"] and end <= gold[slot]["end"]
        ]
        for position, token in enumerate(inside):
            labels[token] = f"{'I' if position else 'B'}-{slot}"
    return labels


def exported(info: Any) -> dict[str, Any]:
    labels = sorted(info.labels, key=lambda label: int(info.labels[label]))
    index = {label: i for i, label in enumerate(labels)}
    steps = [[round(info.transitions.get((a, b), 0.0), 3) for b in labels] for a in labels]
    state: dict[str, list[float]] = {}
    for (feature, label), weight in info.state_features.items():
        if abs(weight) >= SMALLEST["spans"]:
            state.setdefault(feature, []).extend((index[label], round(weight, 2)))
    return {"labels": labels, "steps": steps, "state": state}


# --- intents -------------------------------------------------------------------------------------

LICENSED = ("clinc", "nlupp", "snips")


def intent_examples() -> tuple[list[dict[str, int]], list[str]]:
    """Phrases of the sets first, then our own."""
    rows, labels = [], []
    for item in items("intents"):
        if item["lang"] == "en" and item["id"].split("-")[0] in LICENSED:
            rows.append(intent_features(item["text"]))
            labels.append(item["intent"])
    for label, text in own_phrases():
        rows.append(intent_features(text))
        labels.append(label)
    return rows, labels


def own_phrases() -> Iterator[tuple[str, str]]:
    for line in (ROOT / "scripts" / "phrases.tsv").read_text(encoding="utf-8").splitlines():
        label, _, text = line.partition("\t")
        yield label, text


_ROUTER = LocalRouter(second_opinion=False)


def intent_features(text: str) -> dict[str, int]:
    said = _ROUTER.understand(text, state=DialogueState(language="en"), venue=RESTAURANT)
    return dict.fromkeys(classifier.features(Said.of(text).plain, Intent(said.intent)), 1)


def fitted(
    rows: list[dict[str, int]], labels: list[str]
) -> tuple[DictVectorizer, LogisticRegression]:
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(rows)
    return vectors, LogisticRegression(C=20, max_iter=500).fit(matrix, labels)


def train_intents(rows: list[dict[str, int]], labels: list[str]) -> dict[str, Any]:
    vectors, model = fitted(rows, labels)
    kept: dict[str, list[float]] = {}
    for column, feature in enumerate(vectors.get_feature_names_out()):
        for label in np.flatnonzero(np.abs(model.coef_[:, column]) >= SMALLEST["intents"]):
            kept.setdefault(feature, []).extend(
                (int(label), round(float(model.coef_[label, column]), 2))
            )
    bias = [round(float(b), 3) for b in model.intercept_]
    return {"labels": list(model.classes_), "bias": bias, "weights": kept}


def cross_validate() -> None:
    """How well the model does on phrases of the sets that it has not seen."""
    rows, labels = intent_examples()
    foreign = len(rows) - len(list(own_phrases()))
    right = 0
    for train, test in KFold(5, shuffle=True, random_state=1).split(rows[:foreign]):
        learnt = [*train, *range(foreign, len(rows))]
        vectors, model = fitted([rows[i] for i in learnt], [labels[i] for i in learnt])
        guesses = model.predict(vectors.transform([rows[i] for i in test]))
        right += sum(guess == labels[i] for guess, i in zip(guesses, test, strict=True))
    print(f"cross-validated accuracy {right / foreign:.3f} on {foreign} phrases of the sets")


if __name__ == "__main__":
    main()
