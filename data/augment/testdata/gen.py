"""Writes torchvision.json: what torchvision 0.27 computes for fixed parameters, on float images in [0, 1].

python3 gen.py > torchvision.json
"""

import json

import torch
import torchvision.transforms.v2.functional as F
from torchvision.transforms import InterpolationMode

torch.manual_seed(1)
images = {
    "gray": torch.rand(1, 8, 8),
    "color": torch.rand(3, 7, 10),
    "large": torch.rand(1, 28, 28),
}
modes = {"bilinear": InterpolationMode.BILINEAR, "nearest": InterpolationMode.NEAREST}
cases = []


def numbers(x):
    return [round(float(v), 7) for v in x.flatten()]


def filled(transform, x, mode, fill):
    """What is partly outside is blended with the fill once. torchvision's own fill weighs it by the coverage again."""
    if fill is None or mode == "nearest":
        return transform(x, modes[mode], fill)
    return transform(x, modes[mode], None) + (1 - transform(torch.ones_like(x), modes[mode], None)) * fill


def case(op, image, parameters, result):
    cases.append({"op": op, "image": image, "parameters": parameters, "result": numbers(result)})


for name in ("gray", "color"):
    x = images[name]
    for mode in modes:
        for fill in (None, 0.25):
            for angle, move, scale, shear, center in (
                (0, (0, 0), 1, (0, 0), None),
                (17, (0, 0), 1, (0, 0), None),
                (-40, (2, -1), 0.7, (0, 0), None),
                (30, (1, 1), 1.3, (12, 0), None),
                (-75, (0, -2), 1.1, (-20, 9), None),
                (20, (0, 0), 0.9, (5, 5), (2, 3)),
                (90, (0, 0), 1, (0, 0), None),
            ):
                if mode == "nearest" and angle == 90:
                    continue  # places between two pixels
                y = filled(lambda x, mode, fill: F.affine(x, angle, list(move), scale, list(shear), mode, fill,
                                                          center and list(center)), x, mode, fill)
                p = [angle, *move, scale, *shear] + (list(center) if center else [])
                case("affine", name, {"p": p, "mode": mode, "fill": fill}, y)
            for to in ([[1, 2], [6, 0], [7, 5], [0, 6]], [[0, 0], [5, 1], [6, 6], [2, 5]]):
                h, w = x.shape[1:]
                at = [[0, 0], [w - 1, 0], [w - 1, h - 1], [0, h - 1]]
                y = filled(lambda x, mode, fill: F.perspective(x, at, to, mode, fill), x, mode, fill)
                case("perspective", name, {"p": sum(to, []), "mode": mode, "fill": fill}, y)
    for top, left, h, w in ((0, 0, 7, 8), (1, 2, 4, 5), (3, 1, 2, 7), (6, 7, 1, 1)):
        y = F.resized_crop(x, top, left, h, w, list(x.shape[1:]), InterpolationMode.BILINEAR, antialias=True)
        case("resized_crop", name, {"p": [top, left, h, w], "mode": "bilinear"}, y)
        y = F.resized_crop(x, top, left, h, w, list(x.shape[1:]), InterpolationMode.NEAREST_EXACT)
        case("resized_crop", name, {"p": [top, left, h, w], "mode": "nearest"}, y)
    for size, sigma in (([3, 3], 0.5), ([5, 3], 1.7), ([7, 7], 3.0)):
        case("gaussian_blur", name, {"p": [*size, sigma]}, F.gaussian_blur(x, size, [sigma, sigma]))
    displacement = torch.rand(1, *x.shape[1:], 2) * 0.8 - 0.4
    case("elastic", name, {"p": numbers(displacement), "mode": "bilinear", "fill": 0.5},
         filled(lambda x, mode, fill: F.elastic(x, displacement, mode, fill), x, "bilinear", 0.5))
    for factor in (0, 0.4, 1, 1.8):
        case("brightness", name, {"p": [factor]}, F.adjust_brightness(x, factor))
        case("contrast", name, {"p": [factor]}, F.adjust_contrast(x, factor))
        case("saturation", name, {"p": [factor]}, F.adjust_saturation(x, factor))
        case("sharpness", name, {"p": [factor]}, F.adjust_sharpness(x, factor))
    for share in (-0.5, -0.2, 0, 0.1, 0.37, 0.5):
        case("hue", name, {"p": [share]}, F.adjust_hue(x, share))
    for bits in (1, 2, 4, 8):
        case("posterize", name, {"p": [bits]}, F.posterize(x, bits))
    for threshold in (0, 0.3, 1):
        case("solarize", name, {"p": [threshold]}, F.solarize(x, threshold))
    case("autocontrast", name, {"p": [0]}, F.autocontrast(x * 0.5 + 0.2))
    case("autocontrast", name, {"p": [1]}, F.autocontrast(torch.full_like(x, 0.3)))
    for mode in ("constant", "edge", "reflect", "symmetric"):
        y = F.crop(F.pad(x, [2, 3, 2, 3], fill=0.75, padding_mode=mode), 1, 4, *x.shape[1:])
        case("crop", name, {"p": [2, 3, 1, 4], "mode": mode, "fill": 0.75}, y)
case("equalize", "large", {"p": [0]}, F.equalize(images["large"]))
case("equalize", "gray", {"p": [0]}, F.equalize(images["gray"]))
print(json.dumps({
    "torchvision": __import__("torchvision").__version__,
    "images": {name: {"shape": list(x.shape), "pixels": numbers(x)} for name, x in images.items()},
    "cases": cases,
}).replace('{"op"', '\n{"op"'))
