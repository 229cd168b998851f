package machine

import (
	"runtime"
	"testing"
	"testing/fstest"
)

func TestMemory(t *testing.T) {
	const meminfo = "MemTotal:        1000 kB\nMemFree:          10 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"another system": {nil, 0},
		"a machine":      {map[string]string{"proc/meminfo": meminfo}, 1000 << 10},
		"no limit": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/b/memory.max": "max\n"}, 1000 << 10},
		"a limit above": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n",
			"sys/fs/cgroup/a/memory.max": "70000\n", "sys/fs/cgroup/a/b/memory.max": "80000\n"}, 70000},
		"a container": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/../elsewhere\n",
			"sys/fs/cgroup/memory.max": "60000\n"}, 60000},
		"the first version": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "3:cpu,cpuacct:/c\n2:memory:/m\n",
			"sys/fs/cgroup/memory/m/memory.limit_in_bytes": "50000\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 50000},
		"larger than the machine": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n",
			"sys/fs/cgroup/memory.max": "9223372036854771712\n"}, 1000 << 10},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memory(root); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := Memory(); runtime.GOOS == "linux" && n < 1<<20 || n < 0 {
		t.Errorf("this machine has %d bytes", n)
	}
}
