const a = 1
module.export = { run: [] }
