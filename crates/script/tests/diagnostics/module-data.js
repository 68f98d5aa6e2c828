// What most scripts look like.
module.exports = {
  daemon: true,
  "run": [
    {
      method: "shell.run", // the server
      params: {
        venv: 'env',
        env: { },
        message: [
          "python app.py --title \x22it\'s\x22 --port {{port}}",
        ],
        on: [{ "event": "/(http:\\/\\/[0-9.:]+)/", "done": true }],
      },
    },
    {
      method: `local.set`,
      params: {
        url: "{{input.event[1]}}",
        lines: "one \
line",
        nothing: undefined,
        hex: 0x10,
      }
    },
  ]
};
