// Pictures through a calibrated camera: OpenGL knows pinholes only, so a pinhole image that holds everything the lens
// sees is drawn first and then bent by a table that says for each pixel where in the pinhole image to look.
#include "renderer.h"

#include <stdlib.h>
#include <string.h>

// One pixel: the upper left of the four neighbours as an offset in bytes into the bottom-up pinhole image, and the
// shares, in 1/256, of the right and of the later row.
typedef struct cl_lens_pixel { uint32_t offset; uint16_t right, later; } cl_lens_pixel;

// Places the pinhole. `window`: left, right, top and bottom edge of its image as directions x/z and y/z of a camera
// whose x points right, y down and z forwards. Applies to the scene taken last.
CL_API int cl_renderer_pinhole(cl_renderer* renderer, const double* position, const double* forward, const double* up,
                               const double* window, double near, double far, int width, int height) {
  if (width > renderer->width || height > renderer->height) {
    cl_set_error("a view of %d x %d pixels does not fit the off-screen buffer of %d x %d", width, height, renderer->width, renderer->height);
    return CL_ERROR;
  }
  mjvScene* scene = &renderer->scene;
  // OpenGL derives the horizontal extent from the vertical one and the image's shape: pixels are square.
  for (int eye = 0; eye < 2; eye++) {
    mjvGLCamera* camera = scene->camera + eye;
    for (int i = 0; i < 3; i++) {
      camera->pos[i] = (float)position[i];
      camera->forward[i] = (float)forward[i];
      camera->up[i] = (float)up[i];
    }
    camera->frustum_center = (float)(near * 0.5 * (window[0] + window[1]));
    camera->frustum_top = (float)(-near * window[2]);
    camera->frustum_bottom = (float)(-near * window[3]);
    camera->frustum_near = (float)near;
    camera->frustum_far = (float)far;
  }
  // The headlight was placed at the camera that the scene was taken with.
  for (int i = 0; i < scene->nlight; i++)
    if (scene->lights[i].headlight)
      for (int k = 0; k < 3; k++) {
        scene->lights[i].pos[k] = (float)position[k];
        scene->lights[i].dir[k] = (float)forward[k];
      }
  if (!renderer->pinhole) renderer->pinhole = malloc((size_t)3 * (size_t)renderer->width * (size_t)renderer->height);
  renderer->view_width = width;
  renderer->view_height = height;
  return CL_OK;
}

// Draws through the pinhole placed last and bends its image into `rgb`, `count` pixels with rows from the top.
CL_API int cl_renderer_photograph(cl_renderer* renderer, const cl_lens_pixel* lens, int count, uint8_t* rgb) {
  if (!renderer->pinhole) { cl_set_error("no pinhole was placed"); return CL_ERROR; }
  if (cl_renderer_read(renderer, renderer->view_width, renderer->view_height, renderer->pinhole)) return CL_ERROR;
  const size_t row = (size_t)3 * (size_t)renderer->view_width;
  for (int i = 0; i < count; i++) {
    const uint8_t* a = renderer->pinhole + lens[i].offset;
    const uint8_t* b = a + row;
    const uint32_t right = lens[i].right, later = lens[i].later;
    const uint32_t w11 = right * later, w10 = (right << 8) - w11, w01 = (later << 8) - w11, w00 = 65536 - w10 - w01 - w11;
    for (int c = 0; c < 3; c++)
      rgb[3 * i + c] = (uint8_t)((a[c] * w00 + a[c + 3] * w10 + b[c] * w01 + b[c + 3] * w11 + 32768) >> 16);
  }
  return CL_OK;
}
