const path = require("path")
module.exports = {
  title: "a" + "b",
  daemon: process.platform === "linux" ? true : false,
  run: [{
    method: "shell.run",
    params: {
      path: path.resolve(__dirname, "app"),
      message: `echo ${title}`,
      when: () => { return [1, 2] },
      get() { return 1 },
      ...others,
    },
    next: null
  }, install(1, 2), {
    method: "log",
    params: { text: "{{whatever}}" }
  }]
}
