/** Ends processes whose starter was killed (`kill -9`) and so could not end them itself. */

/** What is watched: a server or a role. */
interface Watched {
  readonly pid: number;
  readonly status: Promise<unknown>;
}

/** Its input ends with the process that writes it, however that ends. */
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

/** A shell that outlives this process for a moment, and then ends what it left. Disposing of it ends the shell. */
export class Watchdog implements AsyncDisposable {
  #shell = new Deno.Command("sh", {
    args: ["-c", SCRIPT],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    detached: true, // Ctrl-C is not meant for it
  }).spawn();
  #input = this.#shell.stdin.getWriter();

  /** Watches a process until it ends. */
  watch({ pid, status }: Watched): void {
    this.#write(`began ${pid}`);
    status.then(() => this.#write(`ended ${pid}`)); // another process may get its number
  }

  /** Removes a folder, too. @param path Its path, without blanks at its ends. */
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
