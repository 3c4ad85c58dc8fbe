"""Draw the demo's package images: `python demo/draw_packages.py FONT.ttc`, any font with Chinese characters.

The pictures are drawings in the manner of a medicine box, not copies of one.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = (640, 420)
FOLDER = Path(__file__).parent / "images"


@dataclass(frozen=True)
class Package:
    """What stands on one box, and in which colours."""

    product_id: str
    brand: str
    name: str
    use: str
    form: str
    spec: str
    colour: str
    kind: str = "OTC"


PACKAGES = (
    Package("demo-001", "999", "感冒灵颗粒", "解热镇痛 用于感冒引起的头痛发热", "颗粒剂", "10g × 9袋", "#1f7a4d"),
    Package("demo-012", "同仁堂", "六味地黄丸", "滋阴补肾 用于肾阴亏损", "水蜜丸", "360丸", "#8c2f2b"),
    Package("demo-028", "云南白药", "云南白药气雾剂", "活血散瘀 消肿止痛", "气雾剂", "85g + 30g", "#24527a"),
    Package("demo-029", "云南白药", "云南白药膏", "活血散瘀 祛风除湿", "贴膏剂", "6.5cm × 10cm × 8片", "#24527a"),
    Package("demo-042", "修正", "消栓通络片", "活血化瘀 温经通络", "片剂", "0.37g × 84片", "#7a3e1f", "Rx"),
    Package("demo-043", "德济", "消栓通络片", "活血化瘀 温经通络", "片剂", "0.37g × 60片", "#3f5f7f", "Rx"),
    Package("demo-048", "以岭", "连花清瘟胶囊", "清瘟解毒 宣肺泄热", "胶囊剂", "0.35g × 24粒", "#2c6e49"),
    Package("demo-066", "江中", "健胃消食片", "健胃消食 用于脾胃虚弱", "片剂", "0.8g × 32片", "#9c6b12"),
    Package("demo-133", "芬必得", "布洛芬缓释胶囊", "缓解轻至中度疼痛", "缓释胶囊", "0.3g × 20粒", "#8a1c4a"),
    Package("demo-171", "思密达", "蒙脱石散", "用于成人及儿童腹泻", "散剂", "3g × 10袋", "#35608f"),
    Package("demo-198", "达克宁", "硝酸咪康唑乳膏", "用于手足癣 体股癣", "乳膏剂", "20g", "#2a7b8f"),
    Package("demo-320", "冈本", "001超薄避孕套", "天然聚氨酯", "安全套", "3只装", "#20242b", ""),
)


def draw(package: Package, font_path: str) -> Image.Image:
    """One box: brand above, name large, use and form below, specification at the foot."""
    image = Image.new("RGB", SIZE, "#f4f2ec")
    pen = ImageDraw.Draw(image)

    def font(size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(font_path, size)

    pen.polygon([(40, 50), (80, 20), (620, 20), (600, 50)], fill="#d9d5c8")
    pen.polygon([(600, 50), (620, 20), (620, 370), (600, 390)], fill="#c9c4b4")
    pen.rectangle((40, 50, 600, 390), fill="#ffffff", outline="#b8b2a0")
    pen.rectangle((40, 50, 600, 130), fill=package.colour)
    pen.text((64, 90), package.brand, font=font(46), fill="#ffffff", anchor="lm")
    if package.kind:
        pen.ellipse((500, 66, 584, 114), fill="#ffffff")
        pen.text((542, 90), package.kind, font=font(28), fill=package.colour, anchor="mm")
    pen.text(
        (320, 190), package.name, font=font(min(58, 500 // max(len(package.name), 1))), fill="#1b1b1b", anchor="mm"
    )
    pen.text((320, 258), package.use, font=font(24), fill="#444444", anchor="mm")
    pen.line((80, 294, 560, 294), fill=package.colour, width=3)
    pen.text((80, 342), package.form, font=font(26), fill=package.colour, anchor="lm")
    pen.text((560, 342), package.spec, font=font(26), fill="#1b1b1b", anchor="rm")
    return image


def main() -> None:
    """Draw every package into `demo/images`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("font", help="a TrueType font or collection with Chinese characters")
    font_path = parser.parse_args().font
    FOLDER.mkdir(exist_ok=True)
    for package in PACKAGES:
        path = FOLDER / f"{package.product_id}.png"
        draw(package, font_path).quantize(64).save(path, optimize=True)
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
