// What a camera makes of the light: exposure, tone curve, vignetting, blur, motion blur, noise. In place, seeded.
#include "shim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Laid out as PhotoSettings in the managed code. Levels are those of the finished 8-bit image.
typedef struct cl_photo {
  float gain[3];        // exposure and white balance, per channel
  float gamma;          // exponent of the tone curve
  float black;          // level that no light gives
  float blur_px;        // standard deviation of the lens's blur
  float motion_x_px;    // motion during the exposure,
  float motion_y_px;
  int motion_box[4];    // of what lies from column and row to column and row (exclusive)
  float vignette;       // loss of light in the corners, 0..1
  float read_noise;     // standard deviation in the dark, levels
  float shot_noise;     // variance per level
  int grey;             // one channel, given three times
  uint64_t seed;
} cl_photo;

enum { NORMALS = 1 << 14 };
static float normals[NORMALS];

static uint64_t next_random(uint64_t* state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15ull);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// A table of normal deviates with exactly mean 0 and variance 1, drawn from at random.
__attribute__((constructor)) static void make_normals(void) {
  uint64_t state = 1;
  double sum = 0, squares = 0;
  for (int i = 0; i < NORMALS; i += 2) {
    const double u = ((double)(next_random(&state) >> 11) + 1) / 9007199254740993.0, v = (double)(next_random(&state) >> 11) / 9007199254740992.0;
    normals[i] = (float)(sqrt(-2 * log(u)) * cos(2 * M_PI * v));
    normals[i + 1] = (float)(sqrt(-2 * log(u)) * sin(2 * M_PI * v));
  }
  for (int i = 0; i < NORMALS; i++) { sum += normals[i]; squares += (double)normals[i] * normals[i]; }
  const double mean = sum / NORMALS, deviation = sqrt(squares / NORMALS - mean * mean);
  for (int i = 0; i < NORMALS; i++) normals[i] = (float)((normals[i] - mean) / deviation);
}

static void expose(float* light, const uint8_t* rgb, int width, int height, const cl_photo* photo) {
  float tone[3][256];
  for (int c = 0; c < 3; c++)
    for (int v = 0; v < 256; v++) {
      const float level = photo->black + (255 - photo->black) * photo->gain[c] * powf((float)v / 255, photo->gamma);
      tone[c][v] = level < 255 ? level : 255;
    }
  const float middle_x = 0.5f * (float)(width - 1), middle_y = 0.5f * (float)(height - 1);
  const float falloff = photo->vignette / (middle_x * middle_x + middle_y * middle_y);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const size_t i = 3 * ((size_t)y * (size_t)width + (size_t)x);
      const float dx = (float)x - middle_x, dy = (float)y - middle_y, shade = 1 - falloff * (dx * dx + dy * dy);
      float r = tone[0][rgb[i]], g = tone[1][rgb[i + 1]], b = tone[2][rgb[i + 2]];
      if (photo->grey) r = g = b = 0.299f * r + 0.587f * g + 0.114f * b;
      light[i] = shade * r;
      light[i + 1] = shade * g;
      light[i + 2] = shade * b;
    }
}

// The mean over the path of a straight, even motion, within the box.
static void smear(float* light, float* spare, int width, int height, const cl_photo* photo) {
  const float length = hypotf(photo->motion_x_px, photo->motion_y_px);
  if (!(length > 0.3f)) return;
  const int taps = length > 30 ? 31 : (int)ceilf(length) + 1;
  memcpy(spare, light, sizeof(float) * 3 * (size_t)width * (size_t)height);
  const int left = photo->motion_box[0] > 0 ? photo->motion_box[0] : 0, top = photo->motion_box[1] > 0 ? photo->motion_box[1] : 0;
  const int right = photo->motion_box[2] < width ? photo->motion_box[2] : width, bottom = photo->motion_box[3] < height ? photo->motion_box[3] : height;
  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++) {
      float sum[3] = {0, 0, 0};
      for (int t = 0; t < taps; t++) {
        const float share = (float)t / (float)(taps - 1) - 0.5f;
        float u = (float)x + share * photo->motion_x_px, v = (float)y + share * photo->motion_y_px;
        u = u < 0 ? 0 : u > (float)width - 1.001f ? (float)width - 1.001f : u;
        v = v < 0 ? 0 : v > (float)height - 1.001f ? (float)height - 1.001f : v;
        const int column = (int)u, row = (int)v;
        const float wx = u - (float)column, wy = v - (float)row;
        const float* a = spare + 3 * ((size_t)row * (size_t)width + (size_t)column);
        const float* b = a + 3 * (size_t)width;
        for (int c = 0; c < 3; c++)
          sum[c] += (1 - wy) * ((1 - wx) * a[c] + wx * a[c + 3]) + wy * ((1 - wx) * b[c] + wx * b[c + 3]);
      }
      float* out = light + 3 * ((size_t)y * (size_t)width + (size_t)x);
      for (int c = 0; c < 3; c++) out[c] = sum[c] / (float)taps;
    }
}

// A Gaussian over five pixels, its edges repeated.
static void blur(float* light, float* spare, int width, int height, float deviation) {
  if (!(deviation > 0.15f)) return;
  float w[3], sum = 0;
  for (int i = 0; i < 3; i++) { w[i] = expf(-0.5f * (float)(i * i) / (deviation * deviation)); sum += i ? 2 * w[i] : w[i]; }
  for (int i = 0; i < 3; i++) w[i] /= sum;
  const int row = 3 * width;
  for (int y = 0; y < height; y++) {
    const float* in = light + (size_t)y * (size_t)row;
    float* out = spare + (size_t)y * (size_t)row;
    for (int i = 6; i < row - 6; i++) out[i] = w[0] * in[i] + w[1] * (in[i - 3] + in[i + 3]) + w[2] * (in[i - 6] + in[i + 6]);
    for (int edge = 0; edge < 12; edge++) {
      const int i = edge < 6 ? edge : row - 12 + edge, c = i % 3, last = row - 3 + c;
      const int l1 = i - 3 < c ? c : i - 3, l2 = i - 6 < c ? c : i - 6, r1 = i + 3 > last ? last : i + 3, r2 = i + 6 > last ? last : i + 6;
      out[i] = w[0] * in[i] + w[1] * (in[l1] + in[r1]) + w[2] * (in[l2] + in[r2]);
    }
  }
  for (int y = 0; y < height; y++) {
    const int last = height - 1;
    const float* m = spare + (size_t)y * (size_t)row;
    const float* a1 = spare + (size_t)(y > 0 ? y - 1 : 0) * (size_t)row;
    const float* a2 = spare + (size_t)(y > 1 ? y - 2 : 0) * (size_t)row;
    const float* b1 = spare + (size_t)(y < last ? y + 1 : last) * (size_t)row;
    const float* b2 = spare + (size_t)(y < last - 1 ? y + 2 : last) * (size_t)row;
    float* out = light + (size_t)y * (size_t)row;
    for (int i = 0; i < row; i++) out[i] = w[0] * m[i] + w[1] * (a1[i] + b1[i]) + w[2] * (a2[i] + b2[i]);
  }
}

static uint8_t to_byte(float level) { return level < 0 ? 0 : level > 254.5f ? 255 : (uint8_t)(level + 0.5f); }

static void add_noise(uint8_t* rgb, const float* light, int pixels, const cl_photo* photo) {
  float deviation[256];
  for (int v = 0; v < 256; v++) deviation[v] = sqrtf(photo->read_noise * photo->read_noise + photo->shot_noise * (float)v);
  uint64_t state = photo->seed, bits = 0;
  for (int i = 0; i < pixels; i++) {
    // 14 bits a deviate: four from one number.
    bits = next_random(&state);
    const float* in = light + 3 * (size_t)i;
    uint8_t* out = rgb + 3 * (size_t)i;
    for (int c = 0; c < 3; c++) {
      const float normal = normals[(photo->grey ? bits : bits >> (16 * c)) & (NORMALS - 1)];
      out[c] = to_byte(in[c] + deviation[(int)in[c]] * normal);
    }
  }
}

// `scratch` has room for 6 floats a pixel.
CL_API void cl_photo_develop(uint8_t* rgb, int width, int height, const cl_photo* photo, float* scratch) {
  float* spare = scratch + 3 * (size_t)width * (size_t)height;
  expose(scratch, rgb, width, height, photo);
  smear(scratch, spare, width, height, photo);
  blur(scratch, spare, width, height, photo->blur_px);
  add_noise(rgb, scratch, width * height, photo);
}
