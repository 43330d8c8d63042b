/** A module to fork in tests: says with which flags it was started, and ends. */
console.log(`forked with ${process.execArgv.join(" ")}`);
process.disconnect?.();
