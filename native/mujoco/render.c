// Off-screen rendering without a display: EGL on the surfaceless Mesa platform, into a frame buffer object.
// One renderer belongs to the thread that made it. libEGL is loaded when the first renderer is made, not before.
#include "renderer.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef void* (*get_proc_address_fn)(const char*);
typedef void* (*get_platform_display_fn)(unsigned, void*, const int*);
typedef unsigned (*initialize_fn)(void*, int*, int*);
typedef unsigned (*bind_api_fn)(unsigned);
typedef unsigned (*choose_config_fn)(void*, const int*, void**, int, int*);
typedef void* (*create_context_fn)(void*, void*, void*, const int*);
typedef unsigned (*make_current_fn)(void*, void*, void*, void*);
typedef unsigned (*destroy_context_fn)(void*, void*);
typedef int (*get_error_fn)(void);

enum { EGL_PLATFORM_SURFACELESS = 0x31DD, EGL_API_OPENGL = 0x30A2, EGL_END = 0x3038, EGL_SURFACES = 0x3033,
       EGL_RENDERABLE = 0x3040, EGL_OPENGL_BIT_ = 0x0008, EGL_RED = 0x3024, EGL_GREEN = 0x3023, EGL_BLUE = 0x3022,
       EGL_DEPTH = 0x3025 };

static struct {
  void *library, *display;
  bind_api_fn bind_api;
  choose_config_fn choose_config;
  create_context_fn create_context;
  make_current_fn make_current;
  destroy_context_fn destroy_context;
  get_error_fn get_error;
} egl;

static int load_egl(void) {
  if (egl.display) return CL_OK;
  egl.library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_GLOBAL);
  if (!egl.library) { cl_set_error("libEGL.so.1 cannot be loaded: %s", dlerror()); return CL_ERROR; }
  get_proc_address_fn find = (get_proc_address_fn)dlsym(egl.library, "eglGetProcAddress");
  get_platform_display_fn get_display = find ? (get_platform_display_fn)find("eglGetPlatformDisplayEXT") : NULL;
  initialize_fn initialize = (initialize_fn)dlsym(egl.library, "eglInitialize");
  egl.bind_api = (bind_api_fn)dlsym(egl.library, "eglBindAPI");
  egl.choose_config = (choose_config_fn)dlsym(egl.library, "eglChooseConfig");
  egl.create_context = (create_context_fn)dlsym(egl.library, "eglCreateContext");
  egl.make_current = (make_current_fn)dlsym(egl.library, "eglMakeCurrent");
  egl.destroy_context = (destroy_context_fn)dlsym(egl.library, "eglDestroyContext");
  egl.get_error = (get_error_fn)dlsym(egl.library, "eglGetError");
  if (!get_display || !initialize || !egl.bind_api || !egl.choose_config || !egl.create_context || !egl.make_current ||
      !egl.destroy_context || !egl.get_error) {
    cl_set_error("libEGL.so.1 lacks a function that rendering needs");
    return CL_ERROR;
  }
  void* display = get_display(EGL_PLATFORM_SURFACELESS, NULL, NULL);
  int major, minor;
  if (!display || !initialize(display, &major, &minor)) {
    cl_set_error("EGL has no surfaceless display (error 0x%x)", egl.get_error());
    return CL_ERROR;
  }
  egl.display = display;
  return CL_OK;
}

static int make_context(cl_renderer* renderer) {
  const int wanted[] = {EGL_SURFACES, 0, EGL_RENDERABLE, EGL_OPENGL_BIT_, EGL_RED, 8, EGL_GREEN, 8, EGL_BLUE, 8, EGL_DEPTH, 24, EGL_END};
  void* config = NULL;
  int count = 0;
  if (!egl.bind_api(EGL_API_OPENGL) || !egl.choose_config(egl.display, wanted, &config, 1, &count) || count < 1 ||
      !(renderer->context = egl.create_context(egl.display, config, NULL, NULL)) ||
      !egl.make_current(egl.display, NULL, NULL, renderer->context)) {
    cl_set_error("EGL gave no OpenGL context (error 0x%x)", egl.get_error());
    return CL_ERROR;
  }
  return CL_OK;
}

static int make_gpu(cl_renderer* renderer, const mjModel* model) {
  CL_GUARD(CL_ERROR)
  mjv_makeScene(model, &renderer->scene, 4000);
  mjr_makeContext(model, &renderer->gpu, mjFONTSCALE_100);
  mjr_setBuffer(mjFB_OFFSCREEN, &renderer->gpu);
  CL_UNGUARD;
  if (renderer->gpu.currentBuffer != mjFB_OFFSCREEN) {
    cl_set_error("OpenGL has no off-screen buffer of %d x %d pixels", renderer->width, renderer->height);
    return CL_ERROR;
  }
  return CL_OK;
}

CL_API void cl_renderer_free(cl_renderer* renderer) {
  if (!renderer) return;
  if (renderer->context) {
    egl.make_current(egl.display, NULL, NULL, renderer->context);
    mjr_freeContext(&renderer->gpu);
    mjv_freeScene(&renderer->scene);
    egl.make_current(egl.display, NULL, NULL, NULL);
    egl.destroy_context(egl.display, renderer->context);
  }
  free(renderer->pinhole);
  free(renderer);
}

// NB: changes the model's off-screen size and quality; give each renderer a model of its own or agree on them.
CL_API cl_renderer* cl_renderer_make(mjModel* model, int width, int height, int samples, int shadow_size) {
  if (load_egl()) return NULL;
  cl_renderer* renderer = calloc(1, sizeof *renderer);
  renderer->width = width;
  renderer->height = height;
  model->vis.global.offwidth = width;
  model->vis.global.offheight = height;
  model->vis.quality.offsamples = samples;
  model->vis.quality.shadowsize = shadow_size;
  mjv_defaultScene(&renderer->scene);
  mjv_defaultOption(&renderer->option);
  mjv_defaultCamera(&renderer->camera);
  mjr_defaultContext(&renderer->gpu);
  if (make_context(renderer) || make_gpu(renderer, model)) {
    cl_renderer_free(renderer);
    return NULL;
  }
  return renderer;
}

// A camera of the model by id, or a free one (id -1) that looks at a point from a distance (m) and angles (degrees).
CL_API void cl_renderer_camera(cl_renderer* renderer, int camera_id, const double* look_at, double distance, double azimuth, double elevation) {
  renderer->camera.type = camera_id >= 0 ? mjCAMERA_FIXED : mjCAMERA_FREE;
  renderer->camera.fixedcamid = camera_id;
  memcpy(renderer->camera.lookat, look_at, 3 * sizeof(double));
  renderer->camera.distance = distance;
  renderer->camera.azimuth = azimuth;
  renderer->camera.elevation = elevation;
}

// Which groups are drawn (bit i: group i), and whether shadows are.
CL_API void cl_renderer_groups(cl_renderer* renderer, unsigned geoms, unsigned sites, int shadows) {
  for (int i = 0; i < mjNGROUP; i++) {
    renderer->option.geomgroup[i] = (geoms >> i) & 1;
    renderer->option.sitegroup[i] = (sites >> i) & 1;
  }
  renderer->scene.flags[mjRND_SHADOW] = (mjtByte)shadows;
}

// Takes the scene from a state. The kinematics of `data` must be up to date.
CL_API int cl_renderer_scene(cl_renderer* renderer, const mjModel* model, mjData* data) {
  CL_GUARD(CL_ERROR)
  mjv_updateScene(model, data, &renderer->option, NULL, &renderer->camera, mjCAT_ALL, &renderer->scene);
  CL_UNGUARD;
  return CL_OK;
}

// Adds a sphere, or where `to` is given a capsule, to the scene taken last. Returns CL_ERROR where the scene is full.
CL_API int cl_renderer_add(cl_renderer* renderer, const double* from, const double* to, double radius, const float* rgba) {
  mjvScene* scene = &renderer->scene;
  if (scene->ngeom >= scene->maxgeom) { cl_set_error("the scene holds no more than %d shapes", scene->maxgeom); return CL_ERROR; }
  mjvGeom* geom = scene->geoms + scene->ngeom++;
  double size[3] = {radius, radius, radius};
  mjv_initGeom(geom, mjGEOM_SPHERE, size, from, NULL, rgba);
  if (to) mjv_makeConnector(geom, mjGEOM_CAPSULE, radius, from[0], from[1], from[2], to[0], to[1], to[2]);
  geom->category = mjCAT_DECOR;
  return CL_OK;
}

int cl_renderer_read(cl_renderer* renderer, int width, int height, uint8_t* rgb) {
  if (!egl.make_current(egl.display, NULL, NULL, renderer->context)) { cl_set_error("the OpenGL context was lost"); return CL_ERROR; }
  CL_GUARD(CL_ERROR)
  mjrRect area = {0, 0, width, height};
  mjr_setBuffer(mjFB_OFFSCREEN, &renderer->gpu);
  mjr_render(area, &renderer->scene, &renderer->gpu);
  mjr_readPixels(rgb, NULL, area, &renderer->gpu);
  CL_UNGUARD;
  return CL_OK;
}

// Draws the scene taken last into `rgb`: 3 bytes a pixel, rows from the top.
CL_API int cl_renderer_draw(cl_renderer* renderer, uint8_t* rgb) {
  if (cl_renderer_read(renderer, renderer->width, renderer->height, rgb)) return CL_ERROR;
  // OpenGL's rows come from the bottom.
  size_t row = (size_t)3 * (size_t)renderer->width;
  uint8_t* spare = malloc(row);
  for (int top = 0, bottom = renderer->height - 1; top < bottom; top++, bottom--) {
    memcpy(spare, rgb + row * (size_t)top, row);
    memcpy(rgb + row * (size_t)top, rgb + row * (size_t)bottom, row);
    memcpy(rgb + row * (size_t)bottom, spare, row);
  }
  free(spare);
  return CL_OK;
}
