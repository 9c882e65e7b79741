/** The CPU time of processes and threads. */

/** A time in the format of `ps`: [[days-]hours:]minutes:seconds. */
const PS_TIME = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)$/;

/**
 * Creates a meter of a process's CPU time: on Linux to the microsecond (proc_pid_schedstat), elsewhere as `ps` gives
 * it, to a few hundredths of a second.
 *
 * @param pid The process.
 * @returns Reads the time of all its threads, in seconds. Threads that end between two readings keep their last one.
 */
export function cpuMeterOf(pid: number): () => Promise<number> {
  const nanos = new Map<string, number>();
  return async () => {
    if (Deno.build.os !== "linux") return await askPs(pid);
    for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
      const text = await Deno.readTextFile(`/proc/${pid}/task/${name}/schedstat`).catch(() => "");
      if (text !== "") nanos.set(name, Number(text.split(" ")[0]));
    }
    return Array.from(nanos.values()).reduce((sum, one) => sum + one, 0) / 1e9;
  };
}

/**
 * Reads how long a process's first thread, which runs its JavaScript, was ready but waited for a core.
 *
 * @param pid The process.
 * @returns The time, in seconds; `null` if the system does not count it.
 */
export async function coreWaitSecondsOf(pid: number): Promise<number | null> {
  const text = await Deno.readTextFile(`/proc/${pid}/schedstat`).catch(() => undefined);
  return text === undefined ? null : Number(text.split(" ")[1]) / 1e9;
}

/**
 * Reads the CPU time of the calling thread, such as a worker's.
 *
 * @returns The time, in seconds; `null` if the system does not count it.
 */
export function cpuSecondsOfThread(): number | null {
  try {
    return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e9;
  } catch {
    return null;
  }
}

async function askPs(pid: number): Promise<number> {
  const args = ["-o", "time=", "-p", `${pid}`];
  const { stdout } = await new Deno.Command("ps", { args }).output();
  const [, days, hours, minutes, seconds] = PS_TIME.exec(
    new TextDecoder().decode(stdout).trim(),
  ) ?? [];
  const number = (text = "0") => Number(text);
  return ((number(days) * 24 + number(hours)) * 60 + number(minutes)) * 60 + number(seconds);
}
