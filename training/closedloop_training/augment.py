"""What cameras, lamps and cables do to a picture: applied to uint8 RGB crops, seeded by the generator that is passed in."""

import cv2
import numpy as np


def photometric(image, random):
    """Gain, gamma, colour cast or none, contrast, blur, noise, compression. Returns uint8."""
    x = image.astype(np.float32)
    if random.random() < 0.3:
        x = np.repeat(x @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
    else:
        x *= random.uniform(0.85, 1.15, (1, 1, 3)).astype(np.float32)
    if random.random() < 0.7:
        # Gamma by table: the power of every pixel would cost more than the rest together.
        gamma, gain = random.uniform(0.6, 1.6), random.uniform(0.6, 1.35)
        table = np.clip(255 * gain * (np.arange(256) / 255.0) ** gamma, 0, 255).astype(np.float32)
        x = table[np.clip(x, 0, 255).astype(np.uint8)]
    if random.random() < 0.5:
        mean = x.mean()
        x = (x - mean) * random.uniform(0.6, 1.4) + mean + random.uniform(-20, 20)
    if random.random() < 0.3:
        x = cv2.GaussianBlur(x, (0, 0), random.uniform(0.3, 1.2))
    if random.random() < 0.15:
        x = motion_blur(x, random)
    if random.random() < 0.6:
        x = x + random.normal(0, random.uniform(1, 9), x.shape[:2] + (1,)).astype(np.float32)
    x = np.clip(x, 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        _, packed = cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 90))])
        x = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return x


def motion_blur(image, random):
    """A short exposure's smear along one direction."""
    length = int(random.integers(3, 6))
    angle = random.uniform(0, np.pi)
    kernel = np.zeros((length, length), np.float32)
    half = (length - 1) / 2
    for step in np.linspace(-half, half, 4 * length):
        kernel[int(round(half + step * np.sin(angle))), int(round(half + step * np.cos(angle)))] = 1
    return cv2.filter2D(image, -1, kernel / kernel.sum())


def occlude(image, random):
    """A tether, a bar or a thing in front of the animal."""
    if random.random() < 0.2:
        image = image.copy()
        size = image.shape[0]
        for _ in range(int(random.integers(1, 3))):
            colour = tuple(int(c) for c in random.integers(0, 256, 3))
            if random.random() < 0.6:
                a, b = (tuple(int(c) for c in random.integers(0, size, 2)) for _ in range(2))
                cv2.line(image, a, b, colour, int(random.integers(1, 4)), cv2.LINE_AA)
            else:
                x, y = random.integers(0, size, 2)
                w, h = random.integers(4, size // 5, 2)
                cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), colour, -1)
    return image
