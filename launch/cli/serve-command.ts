/** `foresight serve`: this machine computes for the planners of robots. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { newToken } from "../../runtime/core/secret.ts";
import type { ProviderChoice } from "../../runtime/graph/provider.ts";
import { interruption, say, threadCount } from "./command-line.ts";

interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly provider: ProviderChoice;
  readonly threads: number;
  readonly cert?: string;
  readonly key?: string;
}

const TOKEN_VARIABLE = "FORESIGHT_SERVE_TOKEN";
const HELP = `
A robot's launch file names it: model.provider: { server: http://127.0.0.1:8000, token: "\${env:${TOKEN_VARIABLE}}" }. It hands its plan graph over by itself, and plans
in its own computer whenever this one is gone or late. The token is that of ${TOKEN_VARIABLE} here, or a new one that is printed. Other machines are
answered over TLS only: --host, --cert and --key. Any client of the Open Inference Protocol, version 2, over HTTP can ask as well.`;

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("compute for the planners of other machines: a GPU box for robots without one")
    .option("--host <address>", "where to listen; other than loopback only with --cert and --key", "127.0.0.1")
    .option("--port <number>", "TCP port, 0 for any free one", portNumber, 8000)
    .addOption(new Option("--provider <name>", "what computes").choices(["auto", "cpu", "webgpu", "cuda", "tensorrt"]).default("auto"))
    .option("--threads <count>", "of the cpu provider", threadCount, 2)
    .option("--cert <file>", "our certificate, PEM")
    .option("--key <file>", "its key, PEM")
    .addHelpText("after", HELP)
    .action(async (flags: ServeFlags) => {
      const { openServing } = await import("../serve.ts");
      const given = process.env[TOKEN_VARIABLE];
      const serving = await openServing({ ...flags, token: given ?? newToken(), tokenKey: TOKEN_VARIABLE });
      say(`serving on ${serving.url}${given === undefined ? `, token ${serving.token}` : ""}; Ctrl-C ends it`);
      await serving.until(interruption().signal);
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  throw new InvalidArgumentError(`${text} is not a port (0 to 65535)`);
}
