module.exports = async (kernel, info) => {
  return { run: [{ method: "log", params: { text: "hello" } }] }
}
