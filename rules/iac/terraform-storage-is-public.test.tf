resource "google_storage_bucket_iam_member" "all" {
  bucket = "invoices"
  role   = "roles/storage.objectViewer"
  # ruleid: terraform-storage-is-public
  member = "allUsers"
}

resource "google_storage_bucket_iam_member" "one" {
  # ok: terraform-storage-is-public
  member = "user:ann@example.com"
}

resource "azurerm_storage_container" "files" {
  # ruleid: terraform-storage-is-public
  container_access_type = "blob"
}

resource "azurerm_storage_container" "own" {
  # ok: terraform-storage-is-public
  container_access_type = "private"
}

resource "aws_s3_bucket_public_access_block" "files" {
  # ruleid: terraform-storage-is-public
  block_public_acls = false
  # ok: terraform-storage-is-public
  block_public_policy = true
}
