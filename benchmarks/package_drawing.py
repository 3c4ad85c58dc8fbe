"""Draws the packages of benchmarks/packages.py: several layouts, colours and fonts, turned, blurred, as JPEG."""

import random
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from packages import Package
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT_FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
)
SIMPLIFIED = 2
"""The face of the Noto collections for simplified characters; the other collection has the same in its first."""
COLOURS = ("#1f7a4d", "#8c2f2b", "#24527a", "#7a3e1f", "#3f5f7f", "#2c6e49", "#9c6b12", "#8a1c4a", "#35608f", "#20242b")
PAPERS = ("#12233f", "#5a1220", "#ffffff", "#f7f3e8", "#eaf4fb", "#fdeef0", "#eef7ea", "#fff9d9")
DARK = ("#12233f", "#5a1220")
LIGHT_COLOURS = ("#ffffff", "#f5dfa0", "#ffe9c9", "#d9ecff")
INKS = ("#161616", "#222222", "#7a1010", "#c02020")
SLOGANS = (
    "全国销量领先",
    "百年品质 值得信赖",
    "家庭常备",
    "新包装",
    "老字号",
    "品质保证",
    "正品保障",
    "健康生活每一天",
)
NOTES = (
    "请仔细阅读说明书并按说明使用或在药师指导下购买和使用",
    "请将本品放在儿童不能接触的地方",
    "孕妇慎用 儿童必须在成人监护下使用",
    "对本品过敏者禁用",
    "密封，置阴凉干燥处保存",
    "国药准字Z20053511",
    "批准文号：国药准字H10900089",
    "产品批号 生产日期 有效期至 见盒底",
    "内含说明书一份",
)
MAKERS = ("华东制药有限公司", "康源药业股份有限公司", "中部医药集团有限公司", "天和制药厂", "瑞林生物科技有限公司")
ENGLISH = ("OTC", "PHARMACEUTICAL", "Tablets", "Health Care", "NATURAL", "For adults and families", "Chinese Medicine")


@lru_cache(maxsize=1)
def fonts() -> list[tuple[str, int]]:
    """The fonts with Chinese characters that this machine has."""
    found = [(path, SIMPLIFIED if "Noto" in path else 0) for path in FONT_FILES if Path(path).is_file()]
    if not found:
        raise SystemExit("No Chinese font was found: install fonts-noto-cjk or fonts-wqy-zenhei.")
    return found


class Pen:
    """Writes on one box in its colours and its two fonts."""

    def __init__(self, rng: random.Random, width: int, height: int) -> None:
        self.rng, self.width, self.height = rng, width, height
        self.paper = rng.choice(PAPERS)
        self.dark = self.paper in DARK
        self.colour = rng.choice(LIGHT_COLOURS if self.dark else COLOURS)
        self.image = Image.new("RGB", (width, height), self.paper)
        self.draw = ImageDraw.Draw(self.image)
        self.title_font, self.text_font = rng.choice(fonts()), rng.choice(fonts())

    def write(
        self,
        text: str,
        at: tuple[float, float],
        size: float,
        *,
        title: bool = False,
        fill: str = "",
        anchor: str = "lm",
    ) -> None:
        """Write in letters of a share of the height, smaller where the text would leave the box."""
        path, face = self.title_font if title else self.text_font
        pixels = max(int(size * self.height), 13)
        x, y = at[0] * self.width, at[1] * self.height
        room = (self.width - x if anchor == "lm" else 2 * min(x, self.width - x)) * 0.96
        while True:
            font = ImageFont.truetype(path, pixels, index=face)
            if pixels <= 11 or self.draw.textlength(text, font=font) <= room:
                break
            pixels -= 2
        colour = self.colour if self.dark and fill in INKS else fill or self.colour
        self.draw.text((x, y), text, font=font, fill=colour, anchor=anchor)


def draw(package: Package, rng: random.Random) -> bytes:
    """The box as a photograph: its words in one of several layouts among others, turned, blurred, as JPEG."""
    width, height = rng.randint(460, 900), rng.randint(400, 760)
    pen = Pen(rng, width, height)
    rng.choice((banded, plain, split, framed, banded, plain, split, framed, upright))(package, pen, rng)
    others(package, pen, rng)
    image = pen.image.rotate(
        rng.uniform(-5, 5),
        expand=True,
        fillcolor=rng.choice(("#dddddd", "#ffffff", "#b9c4cc")),
        resample=Image.Resampling.BICUBIC,
    )
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.9)))
    content = BytesIO()
    image.save(content, "JPEG", quality=rng.randint(60, 92))
    return content.getvalue()


def mark(package: Package, rng: random.Random) -> str:
    """The brand as boxes write it."""
    return package.brand + rng.choice(("", "", "®", "牌"))


def banded(package: Package, pen: Pen, rng: random.Random) -> None:
    """A coloured band with the brand, the name large below."""
    pen.draw.rectangle((0, 0, pen.width, pen.height * 0.2), fill=pen.colour)
    pen.write(mark(package, rng), (0.06, 0.1), rng.uniform(0.06, 0.1), fill=pen.paper if pen.dark else "#ffffff")
    pen.write(
        package.name + package.form, (0.5, 0.38), rng.uniform(0.11, 0.16), title=True, fill="#161616", anchor="mm"
    )


def plain(package: Package, pen: Pen, rng: random.Random) -> None:
    """The brand small above the name, at the left edge."""
    pen.write(mark(package, rng), (0.06, 0.12), rng.uniform(0.05, 0.08))
    pen.write(package.name + package.form, (0.06, 0.33), rng.uniform(0.1, 0.15), title=True)


def split(package: Package, pen: Pen, rng: random.Random) -> None:
    """The name on one line, the form on the next, the brand in the middle above."""
    pen.write(mark(package, rng), (0.5, 0.1), rng.uniform(0.05, 0.08), anchor="mm")
    size = rng.uniform(0.1, 0.14)
    pen.write(package.name, (0.5, 0.27), size, title=True, anchor="mm")
    pen.write(package.form, (0.5, 0.27 + size * 1.15), size * 0.85, title=True, anchor="mm")


def framed(package: Package, pen: Pen, rng: random.Random) -> None:
    """Brand and name on one line in a frame."""
    pen.draw.rectangle(
        (pen.width * 0.03, pen.height * 0.2, pen.width * 0.97, pen.height * 0.46), outline=pen.colour, width=4
    )
    pen.write(mark(package, rng), (0.07, 0.1), rng.uniform(0.06, 0.09))
    pen.write(
        f"{package.brand} {package.name}{package.form}",
        (0.5, 0.33),
        rng.uniform(0.09, 0.13),
        title=True,
        fill="#7a1010",
        anchor="mm",
    )


def upright(package: Package, pen: Pen, rng: random.Random) -> None:
    """The name from top to bottom at the right edge, as old houses print it."""
    pen.write(mark(package, rng), (0.06, 0.12), rng.uniform(0.06, 0.09))
    name = package.name + package.form
    size = min(0.85 / len(name), 0.13)
    for number, char in enumerate(name):
        pen.write(char, (0.88, 0.12 + number * size), size * 0.92, title=True, anchor="mm")


def others(package: Package, pen: Pen, rng: random.Random) -> None:
    """Use, audience and strength, and the words that stand on any box."""
    lines = [package.use, package.audience, package.strength.replace("*", rng.choice(("×", "*", " × ")))]
    lines += rng.sample(NOTES, rng.randint(1, 3)) + rng.sample(SLOGANS, rng.randint(0, 2)) + [rng.choice(MAKERS)]
    kept = [line for line in lines if line]
    top = 0.56
    step = min((0.97 - top) / max(len(kept), 1), 0.075)
    for number, line in enumerate(kept):
        size = rng.uniform(0.034, 0.05) if line in lines[:3] else rng.uniform(0.026, 0.04)
        pen.write(line, (0.06, top + number * step), min(size, step * 0.8), fill=rng.choice(("#222222", pen.colour)))
    pen.write(rng.choice(ENGLISH), (0.72, 0.06), 0.035, fill=rng.choice(("#222222", "#c02020")))
