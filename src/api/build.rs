//! Makes sure that the folder of the built page exists, so that the server compiles before the page is built, and that
//! it is compiled again after.

fn main() -> std::io::Result<()> {
    std::fs::create_dir_all("../../web/dist")?;
    println!("cargo::rerun-if-changed=../../web/dist");
    Ok(())
}
