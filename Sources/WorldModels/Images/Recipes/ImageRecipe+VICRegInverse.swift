extension ImageRecipe {
    /// Prediction, variance, covariance, smoothness in time and inverse dynamics: Sobal et al., PLDM, arXiv:2502.14819, with
    /// the relative weights of EB-JEPA's two rooms (Terver et al., arXiv:2602.03604: variance 16, covariance 8, time 12,
    /// inverse dynamics 1).
    ///
    /// The terms are not theirs in every respect. Of covariances they take the mean over pairs of components, Σ / (D (D − 1)),
    /// where ``VICReg`` divides by D as its paper does: the weight of 8 counts D − 1 times as much here. And their codes look at
    /// variance and covariance in the first row of a window alone, EB-JEPA's unless it is told otherwise; here every row counts.
    public static let vicregInverse: ImageRecipe = {
        var recipe = ImageRecipe(
            "vicreg-inverse", summary: "prediction, VICReg, time and inverse dynamics (PLDM, arXiv:2502.14819)")
        recipe.variance = 16
        recipe.covariance = 8
        recipe.smoothness = 12
        recipe.inverse = 1
        return recipe
    }()
}
