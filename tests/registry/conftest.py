"""How generated examples are tried where a mutant is on trial: the first failure is enough, shrinking it takes minutes."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("mutation", phases=(Phase.explicit, Phase.generate), database=None, deadline=None)
