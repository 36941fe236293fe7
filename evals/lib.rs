//! evals: being built.
