// Simulation state and the computations over it.
#include "shim.h"

#include <string.h>

CL_API mjData* cl_data_make(const mjModel* model) {
  CL_GUARD(NULL)
  mjData* data = mj_makeData(model);
  CL_UNGUARD;
  if (!data) cl_set_error("the simulation state could not be allocated");
  return data;
}

CL_API void cl_data_free(mjData* data) { mj_deleteData(data); }

CL_API int cl_data_copy(mjData* destination, const mjModel* model, const mjData* source) {
  CL_GUARD(CL_ERROR)
  mj_copyData(destination, model, source);
  CL_UNGUARD;
  return CL_OK;
}

CL_API int cl_data_reset(const mjModel* model, mjData* data) {
  CL_GUARD(CL_ERROR)
  mj_resetData(model, data);
  CL_UNGUARD;
  return CL_OK;
}

// Any array of mjData by name; see cl_model_array.
CL_API void* cl_data_array(const mjModel* m, const mjData* d, const char* name, int* rows, int* columns, char* kind) {
  MJDATA_POINTERS_PREAMBLE(m)
#define X(type, field, nr, nc)                                                                                      \
  if (!strcmp(name, #field)) {                                                                                      \
    *rows = (int)m->nr;                                                                                             \
    *columns = (int)(nc);                                                                                           \
    *kind = _Generic((d->field)[0], double: 'd', float: 'f', int: 'i', unsigned char: 'b', char: 'c', default: '?'); \
    return (void*)d->field;                                                                                         \
  }
  MJDATA_POINTERS
#undef X
  return NULL;
}

CL_API double cl_time(const mjData* data) { return data->time; }
CL_API void cl_set_time(mjData* data, double time) { data->time = time; }
CL_API int cl_contact_count(const mjData* data) { return data->ncon; }

// One contact: the two geoms, the gap in metres (negative: overlap), and the place.
CL_API int cl_contact(const mjData* data, int index, int* geom1, int* geom2, double* distance, double* position) {
  if (index < 0 || index >= data->ncon) return CL_ERROR;
  const mjContact* contact = data->contact + index;
  *geom1 = contact->geom1;
  *geom2 = contact->geom2;
  *distance = contact->dist;
  memcpy(position, contact->pos, 3 * sizeof(double));
  return CL_OK;
}

// Steps `count` times. Returns CL_ERROR on a MuJoCo error, 2 + type where a warning of that type was raised:
// the state is then not to be trusted (MuJoCo itself resets it on a bad position, velocity or acceleration).
CL_API int cl_step(const mjModel* model, mjData* data, int count) {
  int before[mjNWARNING];
  for (int i = 0; i < mjNWARNING; i++) before[i] = data->warning[i].number;
  // Sensors are read between calls only, and computing them costs a tenth of a step: all steps but the last go without.
  // NB: a shallow copy of the struct, so that the flag is this call's own while other threads step the same model.
  mjModel silent = *model;
  silent.opt.disableflags |= mjDSBL_SENSOR;
  CL_GUARD(CL_ERROR)
  for (int i = 0; i < count; i++) mj_step(i < count - 1 ? &silent : model, data);
  CL_UNGUARD;
  for (int i = 0; i < mjNWARNING; i++)
    if (data->warning[i].number != before[i]) return 2 + i;
  return CL_OK;
}

CL_API int cl_forward(const mjModel* model, mjData* data) {
  CL_GUARD(CL_ERROR)
  mj_forward(model, data);
  CL_UNGUARD;
  return CL_OK;
}

// Positions of bodies, geoms and sites for the present qpos, and what the Jacobians need. No dynamics.
CL_API int cl_kinematics(const mjModel* model, mjData* data) {
  CL_GUARD(CL_ERROR)
  mj_kinematics(model, data);
  mj_comPos(model, data);
  CL_UNGUARD;
  return CL_OK;
}

// Tendon lengths and actuator lengths for the present qpos; kinematics first.
CL_API int cl_transmission(const mjModel* model, mjData* data) {
  CL_GUARD(CL_ERROR)
  mj_tendon(model, data);
  mj_transmission(model, data);
  CL_UNGUARD;
  return CL_OK;
}

// Position Jacobians of `count` sites, stacked: 3 * count rows of nv columns.
CL_API int cl_site_jacobians(const mjModel* model, const mjData* data, const int* sites, int count, double* jacobian) {
  CL_GUARD(CL_ERROR)
  for (int i = 0; i < count; i++) mj_jacSite(model, data, jacobian + (size_t)3 * i * model->nv, NULL, sites[i]);
  CL_UNGUARD;
  return CL_OK;
}

// qvel such that qpos2 is reached from qpos1 in dt: quaternion differences are done properly.
CL_API int cl_differentiate(const mjModel* model, double* qvel, double dt, const double* qpos1, const double* qpos2) {
  CL_GUARD(CL_ERROR)
  mj_differentiatePos(model, qvel, dt, qpos1, qpos2);
  CL_UNGUARD;
  return CL_OK;
}

CL_API int cl_integrate(const mjModel* model, double* qpos, const double* qvel, double dt) {
  CL_GUARD(CL_ERROR)
  mj_integratePos(model, qpos, qvel, dt);
  CL_UNGUARD;
  return CL_OK;
}
