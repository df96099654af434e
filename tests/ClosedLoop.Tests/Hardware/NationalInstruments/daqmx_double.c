/*
 * Stands for National Instruments' driver in tests: the entry points that are used of it, with one device "Dev1", tasks,
 * ring buffers and error codes. Time passes only when double_advance says so; calls to the program come from a thread of
 * this library's own, as the driver's do. Samples are planted: see planted_volts and planted_word.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef int32_t (*every_n)(void *task, int32_t type, uint32_t samples, void *data);
typedef int32_t (*done)(void *task, int32_t status, void *data);

enum kind { NONE, ANALOG_INPUT, DIGITAL_INPUT, DIGITAL_OUTPUT, PULSES, EDGES };

struct task {
    enum kind kind;
    char channels[256];
    int channel_count, running, overwrite, relative_to, offset, finite;
    double rate;
    uint64_t total, position, pulses;
    uint32_t buffer, every;
    int32_t stopped_with;
    every_n on_samples;
    done on_done;
    void *samples_data, *done_data;
    struct task *next;
};

static struct task *tasks;
static char failing[64];
static int32_t failing_with;
static int held;
static uint32_t lines_out, edges;
static __thread int32_t last_error;

static int32_t fail(int32_t status)
{
    if (status < 0)
        last_error = status;
    return status;
}

/* Every entry point may be told to fail. */
#define ENTER(name) do { if (strcmp(failing, name) == 0) { failing[0] = 0; return fail(failing_with); } } while (0)

static double planted_volts(uint64_t sample, int channel)
{
    return ((double)((sample * 7 + (uint64_t)channel * 1000) % 2001) - 1000) / 100;
}

static uint32_t planted_word(uint64_t sample)
{
    return (uint32_t)(sample * 2654435761u);
}

static struct task *task_of(void *handle)
{
    for (struct task *t = tasks; t; t = t->next)
        if (t == handle)
            return t;
    return NULL;
}

static int32_t text(const char *value, char *to, uint32_t size)
{
    uint32_t needed = (uint32_t)strlen(value) + 1;
    if (!to || size == 0)
        return (int32_t)needed;
    if (size < needed)
        return fail(-200228);
    memcpy(to, value, needed);
    return 0;
}

/* "Dev1/ai0:3" is four channels, "Dev1/ai0:3,Dev1/ai4" five; what stands in a list follows on each other. */
static int count_of(const char *channels)
{
    int count = 0;
    for (const char *at = channels; at; at = strchr(at, ','), at = at ? at + 1 : at) {
        int from, to;
        if (sscanf(at, "Dev1/ai%d:%d", &from, &to) == 2)
            count += to >= from ? to - from + 1 : 0;
        else if (sscanf(at, "Dev1/ai%d", &from) == 1)
            count++;
        else
            return 0;
    }
    return count;
}

/* ---- what tests tell it ---- */

EXPORT void double_fail(const char *function, int32_t status)
{
    snprintf(failing, sizeof failing, "%s", function);
    failing_with = status;
}

EXPORT void double_hold(int hold) { held = hold; }
EXPORT void double_edges(uint32_t more) { edges += more; }
EXPORT uint32_t double_lines(void) { return lines_out; }

EXPORT int double_tasks(void)
{
    int count = 0;
    for (struct task *t = tasks; t; t = t->next)
        count++;
    return count;
}

struct call { struct task *task; uint64_t times; int32_t status; int ended; };

static void *call_program(void *argument)
{
    struct call *c = argument;
    for (uint64_t i = 0; i < c->times; i++)
        c->task->on_samples(c->task, 1, c->task->every, c->task->samples_data);
    if (c->ended && c->task->on_done)
        c->task->on_done(c->task, c->status, c->task->done_data);
    return NULL;
}

static void call(struct call c)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call_program, &c);
    pthread_join(thread, NULL);
}

/* Every running input takes so many samples; the program is called for each of its blocks, as it is filled. */
EXPORT void double_advance(uint64_t samples)
{
    for (struct task *t = tasks; t; t = t->next) {
        if (!t->running || (t->kind != ANALOG_INPUT && t->kind != DIGITAL_INPUT))
            continue;
        while (samples > 0) {
            uint64_t step = t->every ? t->every - t->total % t->every : samples;
            step = step < samples ? step : samples;
            t->total += step;
            samples -= step;
            if (!held && t->on_samples && t->every && t->total % t->every == 0)
                call((struct call){ .task = t, .times = 1 });
        }
    }
}

/* Every running task ends, with an error or without. */
EXPORT void double_end(int32_t status)
{
    for (struct task *t = tasks; t; t = t->next)
        if (t->running) {
            t->running = 0;
            t->stopped_with = status;
            call((struct call){ .task = t, .status = status, .ended = 1 });
        }
}

/* ---- the driver ---- */

EXPORT int32_t DAQmxCreateTask(const char *name, void **handle)
{
    (void)name;
    ENTER("CreateTask");
    struct task *t = calloc(1, sizeof *t);
    t->relative_to = 10425;
    t->next = tasks;
    tasks = t;
    *handle = t;
    return 0;
}

EXPORT int32_t DAQmxStartTask(void *handle)
{
    ENTER("StartTask");
    struct task *t = task_of(handle);
    if (!t)
        return fail(-200088);
    if (t->running)
        return fail(-200479);
    t->running = 1;
    t->total = t->position = 0;
    t->stopped_with = 0;
    edges = t->kind == EDGES ? 0 : edges;
    return 0;
}

EXPORT int32_t DAQmxStopTask(void *handle)
{
    ENTER("StopTask");
    struct task *t = task_of(handle);
    if (!t)
        return fail(-200088);
    t->running = 0;
    return fail(t->stopped_with);
}

EXPORT int32_t DAQmxClearTask(void *handle)
{
    for (struct task **t = &tasks; *t; t = &(*t)->next)
        if (*t == handle) {
            struct task *gone = *t;
            *t = gone->next;
            free(gone);
            return 0;
        }
    return fail(-200088);
}

EXPORT int32_t DAQmxIsTaskDone(void *handle, uint32_t *is)
{
    ENTER("IsTaskDone");
    *is = !task_of(handle)->running;
    return 0;
}

static int32_t create(void *handle, enum kind kind, const char *channels, int count)
{
    struct task *t = task_of(handle);
    if (!t)
        return fail(-200088);
    if (strncmp(channels, "Dev1/", 5) != 0)
        return fail(-200220);
    if (count == 0)
        return fail(-200170);
    t->kind = kind;
    t->channel_count = count;
    snprintf(t->channels, sizeof t->channels, "%s", channels);
    return 0;
}

EXPORT int32_t DAQmxCreateAIVoltageChan(void *task, const char *physical, const char *name, int32_t terminal, double min, double max, int32_t units, const char *scale)
{
    (void)name; (void)terminal; (void)scale;
    ENTER("CreateAIVoltageChan");
    return max > 10 || min < -10 || units != 10348 ? fail(-200077) : create(task, ANALOG_INPUT, physical, count_of(physical));
}

EXPORT int32_t DAQmxCreateDIChan(void *task, const char *lines, const char *name, int32_t grouping)
{
    (void)name;
    ENTER("CreateDIChan");
    return grouping != 1 ? fail(-200077) : create(task, DIGITAL_INPUT, lines, strstr(lines, "port") ? 1 : 0);
}

EXPORT int32_t DAQmxCreateDOChan(void *task, const char *lines, const char *name, int32_t grouping)
{
    (void)name;
    ENTER("CreateDOChan");
    return grouping != 1 ? fail(-200077) : create(task, DIGITAL_OUTPUT, lines, strstr(lines, "port") ? 1 : 0);
}

EXPORT int32_t DAQmxCreateCOPulseChanFreq(void *task, const char *counter, const char *name, int32_t units, int32_t idle, double delay, double frequency, double duty)
{
    (void)name; (void)delay; (void)duty;
    ENTER("CreateCOPulseChanFreq");
    int32_t status = units != 10373 || idle != 10214 || frequency > 1e6 ? fail(-200077) : create(task, PULSES, counter, strstr(counter, "ctr") ? 1 : 0);
    if (status == 0)
        for (struct task *t = tasks; t; t = t->next)
            if (t != task && t->kind == PULSES && strcmp(t->channels, counter) == 0)
                return fail(-50103);
    return status;
}

EXPORT int32_t DAQmxCreateCICountEdgesChan(void *task, const char *counter, const char *name, int32_t edge, uint32_t initial, int32_t direction)
{
    (void)name; (void)initial;
    ENTER("CreateCICountEdgesChan");
    return (edge != 10280 && edge != 10171) || direction != 10128 ? fail(-200077) : create(task, EDGES, counter, strstr(counter, "ctr") ? 1 : 0);
}

EXPORT int32_t DAQmxGetTaskChannels(void *handle, char *to, uint32_t size)
{
    char names[1024] = "";
    int first = 0;
    struct task *t = task_of(handle);
    sscanf(t->channels, "Dev1/ai%d", &first);
    for (int i = 0; i < t->channel_count; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%sDev1/ai%d", i ? ", " : "", first + i);
    return text(names, to, size);
}

EXPORT int32_t DAQmxCfgSampClkTiming(void *handle, const char *source, double rate, int32_t edge, int32_t mode, uint64_t samples)
{
    (void)source; (void)samples;
    ENTER("CfgSampClkTiming");
    struct task *t = task_of(handle);
    if (rate * t->channel_count > 1e6)
        return fail(-200081);
    if (edge != 10280 || mode != 10123)
        return fail(-200077);
    /* A clock of 100 MHz is divided by a whole number. */
    t->rate = 1e8 / (uint64_t)(1e8 / rate + 0.5);
    return 0;
}

EXPORT int32_t DAQmxCfgImplicitTiming(void *handle, int32_t mode, uint64_t samples)
{
    struct task *t = task_of(handle);
    t->finite = mode == 10178;
    t->pulses = samples;
    return mode == 10178 || mode == 10123 ? 0 : fail(-200077);
}

EXPORT int32_t DAQmxCfgInputBuffer(void *handle, uint32_t samples)
{
    task_of(handle)->buffer = samples;
    return 0;
}

EXPORT int32_t DAQmxCfgDigEdgeStartTrig(void *handle, const char *source, int32_t edge)
{
    (void)handle; (void)edge;
    return strncmp(source, "/Dev1/", 6) == 0 ? 0 : fail(-200220);
}

EXPORT int32_t DAQmxGetSampClkRate(void *handle, double *rate)
{
    *rate = task_of(handle)->rate;
    return 0;
}

EXPORT int32_t DAQmxRegisterEveryNSamplesEvent(void *handle, int32_t type, uint32_t samples, uint32_t options, every_n callback, void *data)
{
    ENTER("RegisterEveryNSamplesEvent");
    struct task *t = task_of(handle);
    if (samples == 0)
        return fail(-200880);
    if (t->on_samples)
        return fail(-200881);
    if (t->running || type != 1 || options != 0 || t->buffer % samples != 0)
        return fail(-200077);
    t->every = samples;
    t->on_samples = callback;
    t->samples_data = data;
    return 0;
}

EXPORT int32_t DAQmxRegisterDoneEvent(void *handle, uint32_t options, done callback, void *data)
{
    (void)options;
    struct task *t = task_of(handle);
    t->on_done = callback;
    t->done_data = data;
    return 0;
}

EXPORT int32_t DAQmxSetReadOverWrite(void *handle, int32_t value) { task_of(handle)->overwrite = value == 10252; return 0; }
EXPORT int32_t DAQmxSetReadRelativeTo(void *handle, int32_t value) { task_of(handle)->relative_to = value; return 0; }
EXPORT int32_t DAQmxSetReadOffset(void *handle, int32_t value) { task_of(handle)->offset = value; return 0; }

EXPORT int32_t DAQmxGetReadAvailSampPerChan(void *handle, uint32_t *available)
{
    ENTER("GetReadAvailSampPerChan");
    struct task *t = task_of(handle);
    *available = (uint32_t)(t->total - t->position);
    return 0;
}

EXPORT int32_t DAQmxGetReadCurrReadPos(void *handle, uint64_t *position)
{
    ENTER("GetReadCurrReadPos");
    *position = task_of(handle)->position;
    return 0;
}

/* Where a read begins and how many samples it gets. */
static int32_t begin(struct task *t, int32_t wanted, uint64_t *from, int32_t *count)
{
    *count = 0;
    if (!t->running)
        return fail(t->stopped_with ? t->stopped_with : -200088);
    *from = (t->relative_to == 10428 ? t->total : t->position) + (uint64_t)(int64_t)t->offset;
    if (t->total > t->buffer && *from < t->total - t->buffer)
        return fail(t->overwrite ? -200279 : -200222);
    *count = *from + (uint64_t)wanted <= t->total ? wanted : (int32_t)(t->total - *from);
    t->position = *from + (uint64_t)*count;
    return *count < wanted ? fail(-200284) : 0;
}

EXPORT int32_t DAQmxReadAnalogF64(void *handle, int32_t wanted, double timeout, uint32_t fill, double *values, uint32_t size, int32_t *read, uint32_t *reserved)
{
    (void)timeout; (void)reserved;
    ENTER("ReadAnalogF64");
    struct task *t = task_of(handle);
    uint64_t from;
    int32_t status;
    if (size < (uint32_t)(wanted * t->channel_count) || fill != 1)
        return fail(-200229);
    status = begin(t, wanted, &from, read);
    for (int32_t i = 0; i < *read; i++)
        for (int c = 0; c < t->channel_count; c++)
            values[i * t->channel_count + c] = planted_volts(from + (uint64_t)i, c);
    return status;
}

EXPORT int32_t DAQmxReadDigitalU32(void *handle, int32_t wanted, double timeout, uint32_t fill, uint32_t *values, uint32_t size, int32_t *read, uint32_t *reserved)
{
    (void)timeout; (void)fill; (void)reserved;
    ENTER("ReadDigitalU32");
    struct task *t = task_of(handle);
    uint64_t from;
    int32_t status;
    if (size < (uint32_t)wanted)
        return fail(-200229);
    status = begin(t, wanted, &from, read);
    for (int32_t i = 0; i < *read; i++)
        values[i] = planted_word(from + (uint64_t)i);
    return status;
}

EXPORT int32_t DAQmxReadCounterU32(void *handle, int32_t wanted, double timeout, uint32_t *values, uint32_t size, int32_t *read, uint32_t *reserved)
{
    (void)handle; (void)timeout; (void)reserved;
    ENTER("ReadCounterU32");
    if (wanted != 1 || size < 1)
        return fail(-200229);
    values[0] = edges;
    *read = 1;
    return 0;
}

EXPORT int32_t DAQmxWriteDigitalU32(void *handle, int32_t count, uint32_t start, double timeout, uint32_t layout, const uint32_t *values, int32_t *written, uint32_t *reserved)
{
    (void)start; (void)timeout; (void)layout; (void)reserved;
    *written = 0;
    ENTER("WriteDigitalU32");
    if (task_of(handle)->kind != DIGITAL_OUTPUT || count != 1)
        return fail(-200525);
    lines_out = values[0];
    *written = 1;
    return 0;
}

static const char *string_of(int32_t code)
{
    switch (code) {
    case -200279: return "The application is not able to keep up with the hardware acquisition.";
    case -200220: return "Device identifier is invalid.";
    case -200170: return "Physical channel specified does not exist on this device.";
    case -200361: return "Onboard device memory overflow.";
    case -200045: return "Device has been removed.";
    case -50103: return "The specified resource is reserved.";
    default: return "Error.";
    }
}

EXPORT int32_t DAQmxGetErrorString(int32_t code, char *to, uint32_t size) { return text(string_of(code), to, size); }

EXPORT int32_t DAQmxGetExtendedErrorInfo(char *to, uint32_t size)
{
    char all[512];
    snprintf(all, sizeof all, "%s\n\nStatus Code: %d", string_of(last_error), (int)last_error);
    return text(all, to, size);
}

EXPORT int32_t DAQmxGetSysNIDAQMajorVersion(uint32_t *version) { ENTER("GetSysNIDAQMajorVersion"); *version = 23; return 0; }
EXPORT int32_t DAQmxGetSysNIDAQMinorVersion(uint32_t *version) { *version = 5; return 0; }
EXPORT int32_t DAQmxGetSysDevNames(char *to, uint32_t size) { ENTER("GetSysDevNames"); return text("Dev1", to, size); }

static int32_t about(const char *device, const char *value, char *to, uint32_t size)
{
    return strcmp(device, "Dev1") == 0 ? text(value, to, size) : fail(-200220);
}

EXPORT int32_t DAQmxGetDevProductType(const char *device, char *to, uint32_t size) { return about(device, "PCIe-6363", to, size); }
EXPORT int32_t DAQmxGetDevSerialNum(const char *device, uint32_t *number) { (void)device; *number = 0x1234567; return 0; }
EXPORT int32_t DAQmxGetDevIsSimulated(const char *device, uint32_t *simulated) { (void)device; *simulated = 1; return 0; }
EXPORT int32_t DAQmxGetDevAIPhysicalChans(const char *device, char *to, uint32_t size) { return about(device, "Dev1/ai0, Dev1/ai1, Dev1/ai2, Dev1/ai3", to, size); }
EXPORT int32_t DAQmxGetDevDILines(const char *device, char *to, uint32_t size) { return about(device, "Dev1/port0/line0, Dev1/port0/line1", to, size); }
EXPORT int32_t DAQmxGetDevDOLines(const char *device, char *to, uint32_t size) { return about(device, "Dev1/port0/line0, Dev1/port0/line1", to, size); }
EXPORT int32_t DAQmxGetDevCOPhysicalChans(const char *device, char *to, uint32_t size) { return about(device, "", to, size); }
