// A renderer as the files of the shim that draw share it.
#pragma once

#include "shim.h"

typedef struct cl_renderer {
  void* context;
  mjvScene scene;
  mjvOption option;
  mjvCamera camera;
  mjrContext gpu;
  int width, height;
  // What a lens sees, before it bends it: an image of view_width x view_height within the off-screen buffer.
  uint8_t* pinhole;
  int view_width, view_height;
} cl_renderer;

// Draws the scene into the lower left corner of the off-screen buffer and reads it back, rows from the bottom.
int cl_renderer_read(cl_renderer* renderer, int width, int height, uint8_t* rgb);
