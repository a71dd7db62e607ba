extension ImageRecipe {
    /// Prediction, SIGReg and endpoint inverse dynamics: Toso, LeCun, Anderson and Bounou, "Preserving Unstable Modes
    /// Through Inverse Dynamics in JEPA World Models", 2026.
    ///
    /// The inverse dynamics keep in the representation whatever actions can move within ``ImageArchitecture/inverseSteps``
    /// steps, which prediction and SIGReg alone may drop.
    public static let sigregInverse: ImageRecipe = {
        var recipe = ImageRecipe(
            "sigreg-inverse", summary: "prediction, SIGReg and endpoint inverse dynamics (Toso et al., 2026)")
        recipe.sigreg = 0.09
        recipe.inverse = 1
        return recipe
    }()
}
