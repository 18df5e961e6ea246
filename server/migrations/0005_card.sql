-- JSON by employee of model::card::Given: what DingTalk was given for single people to see on the card.
ALTER TABLE card ADD COLUMN given TEXT NOT NULL DEFAULT '{}';
