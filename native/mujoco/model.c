// Models: loading from text, names, sizes, and every array of mjModel by its name.
#include "shim.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

// NB: MuJoCo's XML reader keeps the last model in a global; two loads at once would corrupt it.
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;

static mjModel* load(const char* xml, int xml_size, const char** names, const uint8_t** contents, const int* sizes, int count,
                     mjVFS* vfs, char* error, int error_size) {
  static const char* root = "model.xml";
  CL_GUARD(NULL)
  mj_defaultVFS(vfs);
  for (int i = -1; i < count; i++) {
    const char* name = i < 0 ? root : names[i];
    int size = i < 0 ? xml_size : sizes[i];
    int status = mj_makeEmptyFileVFS(vfs, name, size);
    if (status) {
      cl_set_error("the file %s cannot be added to the model: %s", name, status == 1 ? "too many files" : "the name is used twice");
      CL_UNGUARD;
      return NULL;
    }
    memcpy(vfs->filedata[mj_findFileVFS(vfs, name)], i < 0 ? (const void*)xml : (const void*)contents[i], (size_t)size);
  }
  mjModel* model = mj_loadXML(root, vfs, error, error_size);
  CL_UNGUARD;
  return model;
}

// Loads a model from MJCF text and the files it names. Warnings of the reader come back in `warning`.
CL_API mjModel* cl_model_load(const char* xml, int xml_size, const char** names, const uint8_t** contents, const int* sizes,
                              int count, char* warning, int warning_size) {
  char message[1024] = "";
  static mjVFS vfs;  // 2 MB: too large for a stack, and used under the lock only.
  pthread_mutex_lock(&load_lock);
  cl_set_error("%s", "");
  mjModel* model = load(xml, xml_size, names, contents, sizes, count, &vfs, message, sizeof message);
  mj_deleteVFS(&vfs);
  pthread_mutex_unlock(&load_lock);
  if (warning_size > 0) snprintf(warning, (size_t)warning_size, "%s", model ? message : "");
  if (!model && message[0]) cl_set_error("%s", message);
  return model;
}

CL_API mjModel* cl_model_copy(const mjModel* model) {
  CL_GUARD(NULL)
  mjModel* copy = mj_copyModel(NULL, model);
  CL_UNGUARD;
  return copy;
}

CL_API void cl_model_free(mjModel* model) { mj_deleteModel(model); }

// Sizes by name: nq, nv, nu, na, nbody, njnt, ngeom, nsite, nsensordata ...; -1 for a name that is not one.
CL_API int cl_model_size(const mjModel* model, const char* name) {
#define X(field) if (!strcmp(name, #field)) return (int)model->field;
  MJMODEL_INTS
#undef X
  return -1;
}

// Option scalars (timestep, iterations, solver ...). Returns 0 where the name is unknown.
CL_API int cl_option_get(const mjModel* model, const char* name, double* value) {
#define X(type, field) if (!strcmp(name, #field)) { *value = (double)model->opt.field; return 1; }
  MJOPTION_SCALARS
#undef X
  return 0;
}

CL_API int cl_option_set(mjModel* model, const char* name, double value) {
#define X(type, field) if (!strcmp(name, #field)) { model->opt.field = (type)value; return 1; }
  MJOPTION_SCALARS
#undef X
  return 0;
}

// Any array of mjModel by name. `kind` becomes 'd' (double), 'f' (float), 'i' (int), 'b' (byte) or 'c' (char).
CL_API void* cl_model_array(const mjModel* m, const char* name, int* rows, int* columns, char* kind) {
  MJMODEL_POINTERS_PREAMBLE(m)
#define X(type, field, nr, nc)                                                      \
  if (!strcmp(name, #field)) {                                                      \
    *rows = (int)m->nr;                                                             \
    *columns = (int)(nc);                                                           \
    *kind = _Generic((m->field)[0], double: 'd', float: 'f', int: 'i', unsigned char: 'b', char: 'c', default: '?'); \
    return (void*)m->field;                                                         \
  }
  MJMODEL_POINTERS
#undef X
  return NULL;
}

CL_API int cl_name_to_id(const mjModel* model, int object_type, const char* name) { return mj_name2id(model, object_type, name); }
CL_API const char* cl_id_to_name(const mjModel* model, int object_type, int id) { return mj_id2name(model, object_type, id); }

CL_API int cl_set_total_mass(mjModel* model, double mass_kg) {
  CL_GUARD(CL_ERROR)
  mj_setTotalmass(model, mass_kg);
  CL_UNGUARD;
  return CL_OK;
}
