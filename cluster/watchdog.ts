/** Ends processes whose parent was killed (`kill -9`) and could not end them itself. */

/** A server or a role. */
interface Watched {
  readonly pid: number;
  readonly status: Promise<unknown>;
}

/** Runs until its input ends: when the process that writes it ends, in whatever way. */
const SCRIPT = `
pids=' '
while read -r what name; do
  case $what in
    began) pids="$pids$name " ;;
    ended) pids=$(printf %s "$pids" | sed "s/ $name / /") ;;
    folder) folder=$name ;;
  esac
done
kill -9 $pids 2> /dev/null
[ -z "$folder" ] || rm -rf "$folder"`;

/** A shell that outlives this process and ends the processes it left. Disposing of it ends the shell. */
export class Watchdog implements AsyncDisposable {
  #shell = new Deno.Command("sh", {
    args: ["-c", SCRIPT],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true, // Ctrl-C must not reach it
  }).spawn();
  #input = this.#shell.stdin.getWriter();

  /** Watches a process until it ends. */
  watch({ pid, status }: Watched): void {
    this.#write(`began ${pid}`);
    status.then(() => this.#write(`ended ${pid}`)); // another process may get the same id
  }

  /** Removes a folder too, at the end. @param path Its path, without blanks at its ends. */
  remove(path: string): void {
    this.#write(`folder ${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#shell.status;
  }

  #write(line: string): void {
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {}); // it is closed
  }
}
