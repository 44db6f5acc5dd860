// Stands in for sharp (see ../README.md): transformers.js only asks whether it is there, as long as no picture comes.
module.exports = () => {
  throw new Error('This copy of @xenova/transformers has no sharp: it reads text only.')
}
