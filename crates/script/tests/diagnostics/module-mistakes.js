module.exports = {
  run: [{
    method: "log"
    params: { text: "bad \u12 escape" },
    mehtod: "log",
  ]
}
exports.more = 1
