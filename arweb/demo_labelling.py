"""The demo's second benchmark: pairs that wait to be labelled, with a guideline and hidden gold among them."""

from django.contrib.auth.models import User
from django.db import transaction

from annotation.models import Benchmark, Labelling
from annotation.services.guidelines import write_guideline
from annotation.services.labelling import open_labelling
from annotation.services.new_benchmarks import find_or_make_benchmark
from annotation.services.queueing import queue_pairs, queue_sample
from arweb.demo import DEMO_BENCHMARK

LABELLED = "to-label"
NAME, NOTE = "待标注演示", "演示用的待标注集：登录后即可开始标注，未经临床审核。"
GOLD, SIZE, SEED = 6, 54, 7
TEXT = """# 怎样判断相关性

先想清楚顾客要什么：点名要某个品牌，要某种药，还是说了一个症状或人群。再看商品标题写的是什么，图片只用来核对标题。

1. 品牌、药名、剂型、人群都对得上，选“高度相关”。只说品类（如“钙片”）时，该品类的任何商品都算对上。
2. 药名对、但剂型或规格不是顾客点名的那种，选“中度相关”。
3. 不是同一种药，但治同一个毛病，可以替代着看看，选“弱相关”。
4. 治的不是这个毛病，或人群不能用（如成人药对儿童），选“不相关”。

拿不准时用“跳过”并写明原因；标题前后矛盾或图文不符时做标记。安全优先：可能害人的，宁低勿高。
"""
SENTENCES = {
    "highly": "就是顾客要的：品牌、药名、剂型、人群都不冲突。",
    "moderately": "药对，剂型或规格不是点名的那种。",
    "weakly": "不是同一种药，但治同一个毛病。",
    "irrelevant": "治的不是这个毛病，或这个人群不能用。",
}


@transaction.atomic
def load_labelling(lead: User) -> None:
    """Make the benchmark, once."""
    benchmark = find_or_make_benchmark(LABELLED, by=lead)
    if Labelling.objects.filter(benchmark=benchmark).exists():
        return
    Benchmark.objects.filter(pk=benchmark.pk).update(name=NAME, note=NOTE)
    write_guideline(by=lead, benchmark=benchmark, text=TEXT, sentences=SENTENCES, seen=0)
    open_labelling(by=lead, benchmark=benchmark, overlap=2, gold_share=0.1)
    queue_gold(lead, benchmark)
    queue_sample(by=lead, benchmark=benchmark, size=SIZE, seed=SEED)


def queue_gold(lead: User, benchmark: Benchmark) -> None:
    """Hide some pairs of the other benchmark, whose labels are known."""
    members = Benchmark.objects.get(slug=DEMO_BENCHMARK).members.select_related("label").order_by("pk")
    gold = {member.pair_id: member.label.level for member in members[:: max(1, members.count() // GOLD)][:GOLD]}
    queue_pairs(by=lead, benchmark=benchmark, pairs=list(gold), gold=gold)
