"""The networks. Batch normalisation is folded into the convolutions by the exporter."""

import torch
from torch import nn
from torch.nn import functional as F


def convolution(inputs, outputs, stride=1, dilation=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al., 2016)."""

    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)))


class Localiser(nn.Module):
    """Whole views (V, 3, 60, 80), 0..1 -> presence (V, 15, 20): the probability that the animal's centre is in a cell.

    The classes are the 300 cells and "no animal": what is missing from a sum of 1 is the probability that there is none.
    """

    def __init__(self, width=24):
        super().__init__()
        self.body = nn.Sequential(
            convolution(3, 16, 2), convolution(16, width, 2), convolution(width, width), convolution(width, width, dilation=2),
            convolution(width, width, dilation=4), convolution(width, width))
        self.cells = nn.Conv2d(width, 1, 1)
        self.absent = nn.Linear(2 * width, 1)

    def logits(self, images):
        features = self.body(images - 0.5)
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return torch.cat([self.cells(features).flatten(1), self.absent(pooled)], 1)

    def forward(self, images):
        return torch.softmax(self.logits(images), 1)[:, :-1].reshape(-1, 15, 20)


class HeatmapNetwork(nn.Module):
    """Crops (V, 3, 96, 96), 0..1 -> heatmaps (V, K, 48, 48): per keypoint a probability over the cells of the crop.

    An encoder to 1/16 of the resolution and a decoder to 1/4; the last step to 1/2 is a rearrangement of channels
    (Shi et al., 2016), which costs nothing.
    """

    def __init__(self, keypoints, widths=(16, 32, 64, 96), decoder=48):
        super().__init__()
        w = widths
        self.settings = dict(keypoints=keypoints, widths=tuple(widths), decoder=decoder)
        self.stem = convolution(3, w[0], 2)
        self.level1 = nn.Sequential(convolution(w[0], w[1], 2), Residual(w[1]))
        self.level2 = nn.Sequential(convolution(w[1], w[2], 2), Residual(w[2]))
        self.level3 = nn.Sequential(convolution(w[2], w[3], 2), Residual(w[3]), Residual(w[3]))
        self.side3, self.up2 = nn.Conv2d(w[3], w[2], 1), convolution(w[2], w[2])
        self.side2, self.up1 = nn.Conv2d(w[2], w[1], 1), convolution(w[1], decoder)
        self.head = nn.Conv2d(decoder, 4 * keypoints, 1)

    def features(self, crops):
        """The decoder's last features (V, decoder, 24, 24)."""
        a = self.level1(self.stem(crops - 0.5))
        b = self.level2(a)
        c = self.level3(b)
        b = self.up2(b + F.interpolate(self.side3(c), scale_factor=2.0, mode="nearest"))
        return self.up1(a + F.interpolate(self.side2(b), scale_factor=2.0, mode="nearest"))

    def logits_of(self, features):
        return F.pixel_shuffle(self.head(features), 2)

    def logits(self, crops):
        return self.logits_of(self.features(crops))

    def forward(self, crops):
        logits = self.logits(crops)
        return torch.softmax(logits.flatten(2), -1).reshape(logits.shape)
