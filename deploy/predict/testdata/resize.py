# Prints what torchvision's Resize, which is this call, makes of TestFitAsTorchvision's picture.
import torch

picture = torch.tensor([[(x * x * 7 + y * 31 + x * y * 3) % 256 for x in range(30)] for y in range(30)])
small = torch.nn.functional.interpolate(picture[None, None].double(), (8, 8), mode="bilinear", antialias=True)
print(small.round().int().flatten().tolist())
