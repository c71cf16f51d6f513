// Exponential and logarithm built from sums, products and quotients, which give the same bits everywhere; the C library's results differ
// between machines.

/// e to a power, to about 15 digits.
func exponential(_ power: Double) -> Double {
  let naturalLogarithmOfTwo = 0.693147180559945309
  let halvings = (power / naturalLogarithmOfTwo).rounded()
  let rest = power - halvings * naturalLogarithmOfTwo
  var term = 1.0, sum = 1.0
  for index in 1...18 {
    term *= rest / Double(index)
    sum += term
  }
  return Double(sign: .plus, exponent: Int(halvings), significand: sum)
}

/// The natural logarithm of a positive number, to about 15 digits.
func logarithm(_ number: Double) -> Double {
  let naturalLogarithmOfTwo = 0.693147180559945309
  // Scale to between 1 and 2, then to around 1.
  var exponent = Double(number.exponent), significand = number.significand
  if significand > 1.4142135623730951 {
    significand /= 2
    exponent += 1
  }
  let ratio = (significand - 1) / (significand + 1), square = ratio * ratio
  var power = ratio, sum = 0.0
  for index in 0..<14 {
    sum += power / Double(2 * index + 1)
    power *= square
  }
  return 2 * sum + exponent * naturalLogarithmOfTwo
}

/// The quantile of the standard normal distribution for a probability (Acklam's approximation,
/// to nine digits).
func normalQuantile(_ probability: Double) -> Double {
  let tail = 0.02425
  func polynomial(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
  if probability < tail {
    let x = (-2 * logarithm(probability)).squareRoot()
    return polynomial(
      [-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783], x)
      / polynomial([7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1], x)
  }
  if probability > 1 - tail { return -normalQuantile(1 - probability) }
  let x = probability - 0.5, square = x * x
  return x
    * polynomial(
      [
        -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239,
      ], square)
    / polynomial([-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1], square)
}
