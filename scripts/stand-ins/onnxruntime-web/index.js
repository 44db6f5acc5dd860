// Stands in for onnxruntime-web (see ../README.md): in Node transformers.js imports it and never looks into it.
export {}
