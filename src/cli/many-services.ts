/** With so many services a listing takes longer than what it costs to call `optimizeLater`. */
export const manyServices = 100;
