"""Who writes what, how often: what is drawn in the test of all ways to write."""

from hypothesis import strategies as st

from rules.enums import CheckName
from tests.rules.people import CONTENTS, ROLES
from tests.rules.ways import WAYS

CHECKS = [CheckName.EXAMPLES, CheckName.BENCHMARK]


ways = st.sampled_from(range(len(WAYS)))


names = st.sampled_from(list(ROLES))


judges = st.sampled_from(["reviewer", "second reviewer", "reviewer", "second reviewer", "author", *ROLES])


leads = st.sampled_from(["lead", "everything", "author", *ROLES])


authors = st.sampled_from(["author", "second author", "lead", "everything"])


places = st.integers(0, 2)


ages = st.sampled_from([0, 0, 0, 1, 2])


contents = st.sampled_from(CONTENTS)
