"""What experiments need but specs do not contain: uploaded data by the hash of its content, downloaded files, and arrays that take long to
make. All of it is in the server's data folder, written completely or not at all, and verified when it is opened."""
