// Runs in a utility process: `echo` answers every message, `exit` ends with the code it is told, `args` reports its start.
const [mode, code] = process.argv.slice(2)

if (mode === 'echo') process.parentPort.on('message', ({ data }) => process.parentPort.postMessage(data))
if (mode === 'exit') process.exit(Number(code))
if (mode === 'report') {
  console.log('a line of output')
  process.parentPort.postMessage({
    type: process.type,
    hasSend: typeof process.send,
    env: process.env.SHELL_TEST ?? null,
  })
}
