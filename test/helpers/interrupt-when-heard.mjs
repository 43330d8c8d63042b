// Preloaded before the command line: Ctrl-C, as soon as the listener named by FORESIGHT_TEST_LISTENER listens to it.
process.on("newListener", (event, { name }) => {
  if (event === "SIGINT" && name === process.env.FORESIGHT_TEST_LISTENER) setImmediate(() => process.kill(process.pid, "SIGINT"));
});
