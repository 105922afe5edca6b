//go:build cgo && !onward_nov8

#include "platform.h"

#include <libplatform/libplatform.h>
#include <time.h>

#include <mutex>
#include <vector>

#include "isolate.h"

namespace onward {

using v8::SourceLocation;
using v8::Task;

namespace {

double Seconds() {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// The queue of one isolate. V8 may keep it beyond the isolate's end.
class Tasks : public v8::TaskRunner {
 public:
  explicit Tasks(ow_isolate* owner) : owner_(owner) {}
  bool IdleTasksEnabled() override { return false; }
  bool NonNestableTasksEnabled() const override { return true; }
  bool NonNestableDelayedTasksEnabled() const override { return true; }

  // Runs those whose time has come, with what they post meanwhile.
  void Run() {
    for (;;) {
      std::unique_ptr<Task> task;
      {
        std::lock_guard<std::mutex> lock(mutex_);
        double now = Seconds();
        for (size_t i = 0; i < waiting_.size(); i++) {
          if (waiting_[i].due > now) continue;
          task = std::move(waiting_[i].task);
          waiting_.erase(waiting_.begin() + static_cast<ptrdiff_t>(i));
          break;
        }
        if (task == nullptr) return;
      }
      task->Run();
    }
  }

  // The isolate ends: nothing runs any more.
  void Close() {
    std::vector<Waiting> dropped;
    std::lock_guard<std::mutex> lock(mutex_);
    owner_ = nullptr;
    dropped.swap(waiting_);
  }

 protected:
  void PostTaskImpl(std::unique_ptr<Task> task, const SourceLocation&) override { Add(std::move(task), 0); }
  void PostNonNestableTaskImpl(std::unique_ptr<Task> task, const SourceLocation&) override { Add(std::move(task), 0); }
  void PostDelayedTaskImpl(std::unique_ptr<Task> task, double delay, const SourceLocation&) override {
    Add(std::move(task), delay);
  }
  void PostNonNestableDelayedTaskImpl(std::unique_ptr<Task> task, double delay, const SourceLocation&) override {
    Add(std::move(task), delay);
  }

 private:
  struct Waiting {
    double due;
    std::unique_ptr<Task> task;
  };

  // Delayed tasks are the collector's plans for idle times; they ride along
  // with the next run instead of waking anybody.
  void Add(std::unique_ptr<Task> task, double delay) {
    uintptr_t wake = 0;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (owner_ == nullptr) return;
      waiting_.push_back({Seconds() + delay, std::move(task)});
      if (delay <= 0) {
        __atomic_store_n(&owner_->shared.pending, 1, __ATOMIC_SEQ_CST);
        // During a turn Go looks at `pending` when the turn ends.
        if (__atomic_load_n(&owner_->shared.turn_start, __ATOMIC_SEQ_CST) == 0) wake = owner_->token;
      }
    }
    if (wake != 0) ow_go_wake(wake);
  }

  std::mutex mutex_;
  std::vector<Waiting> waiting_;
  ow_isolate* owner_;
};

struct Entry {
  v8::Isolate* isolate;
  std::shared_ptr<Tasks> tasks;
};
std::mutex registry_mutex;
std::vector<Entry> registry;

std::shared_ptr<Tasks> Find(v8::Isolate* isolate) {
  std::lock_guard<std::mutex> lock(registry_mutex);
  for (const Entry& e : registry) {
    if (e.isolate == isolate) return e.tasks;
  }
  return nullptr;
}

// V8's own platform, but for the tasks of isolates.
class Platform : public v8::Platform {
 public:
  explicit Platform(int threads) : inner_(v8::platform::NewDefaultPlatform(threads)) {}

  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate, v8::TaskPriority priority) override {
    if (auto tasks = Find(isolate)) return tasks;
    return inner_->GetForegroundTaskRunner(isolate, priority);
  }
  v8::PageAllocator* GetPageAllocator() override { return inner_->GetPageAllocator(); }
  v8::ThreadIsolatedAllocator* GetThreadIsolatedAllocator() override { return inner_->GetThreadIsolatedAllocator(); }
  void OnCriticalMemoryPressure() override { inner_->OnCriticalMemoryPressure(); }
  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  bool IdleTasksEnabled(v8::Isolate*) override { return false; }
  std::unique_ptr<v8::ScopedBlockingCall> CreateBlockingScope(v8::BlockingType type) override {
    return inner_->CreateBlockingScope(type);
  }
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override { return inner_->CurrentClockTimeMillis(); }
  StackTracePrinter GetStackTracePrinter() override { return inner_->GetStackTracePrinter(); }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }

 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority, std::unique_ptr<v8::JobTask> task,
                                               const SourceLocation& location) override {
    return inner_->CreateJob(priority, std::move(task), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<Task> task,
                                  const SourceLocation& location) override {
    inner_->PostTaskOnWorkerThread(priority, std::move(task), location);
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<Task> task, double delay,
                                         const SourceLocation& location) override {
    inner_->PostDelayedTaskOnWorkerThread(priority, std::move(task), delay, location);
  }

 private:
  std::unique_ptr<v8::Platform> inner_;
};

}  // namespace

std::unique_ptr<v8::Platform> NewPlatform(int threads) { return std::make_unique<Platform>(threads); }

void Register(ow_isolate* self) {
  std::lock_guard<std::mutex> lock(registry_mutex);
  registry.push_back({self->isolate, std::make_shared<Tasks>(self)});
}

void Unregister(ow_isolate* self) {
  std::shared_ptr<Tasks> tasks = Find(self->isolate);
  if (tasks == nullptr) return;
  tasks->Close();
  std::lock_guard<std::mutex> lock(registry_mutex);
  std::erase_if(registry, [&](const Entry& e) { return e.isolate == self->isolate; });
}

void RunTasks(ow_isolate* self) {
  __atomic_store_n(&self->shared.pending, 0, __ATOMIC_SEQ_CST);
  if (std::shared_ptr<Tasks> tasks = Find(self->isolate)) tasks->Run();
}

}  // namespace onward
